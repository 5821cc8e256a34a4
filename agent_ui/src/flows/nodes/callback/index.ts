import { PhoneIncoming } from 'lucide-vue-next'
import { kind } from '../kind'
import type { Callback } from '../settings'
import form from './form.vue'

export default kind<Callback>({
  kind: 'callback', group: 'lead', icon: PhoneIncoming, form,
  blank: () => ({ service: '' }),
  exits: () => ['taken', 'declined'],
  summary: ({ service }, choices) => (service ? choices.targetName('service', service) : ''),
  lacks: ({ service }) => [!service && 'target'],
})
