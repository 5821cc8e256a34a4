import { Voicemail } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind, saysNothing } from '../kind'
import type { Record_ } from '../settings'
import form from './form.vue'

export default kind<Record_>({
  kind: 'record', group: 'say', icon: Voicemail, form,
  blank: () => ({ prompts: [{ text: {} }], target: '', seconds: 60, silence: 5, terminator: '#', beep: true }),
  optional: ['seconds', 'silence', 'terminator', 'beep'],
  exits: () => ['recorded', 'silent', 'failed'],
  summary: ({ seconds = 60 }) => t('flow.upToSeconds', { n: seconds }),
  lacks: (settings) => [saysNothing(settings.prompts) && 'prompts', !settings.target && 'target'],
})
