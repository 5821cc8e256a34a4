import { CalendarClock } from 'lucide-vue-next'
import { kind } from '../kind'
import type { Schedule } from '../settings'
import form from './form.vue'

export default kind<Schedule>({
  kind: 'schedule', group: 'decide', icon: CalendarClock, form,
  blank: () => ({ schedule: '' }),
  exits: ({ holidays }) => (holidays ? ['open', 'closed', 'holiday', 'unknown'] : ['open', 'closed', 'unknown']),
  summary: ({ schedule }, choices) => (schedule ? choices.nameOf('schedule', schedule) : ''),
  lacks: ({ schedule }) => [!schedule && 'schedule'],
})
