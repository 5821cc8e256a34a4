import { ShieldCheck } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind, saysNothing } from '../kind'
import type { Verify } from '../settings'
import form from './form.vue'

export default kind<Verify>({
  kind: 'verify', group: 'decide', icon: ShieldCheck, form,
  blank: () => ({ prompts: [{ text: {} }], field: '', minimum: 4, maximum: 8, attempts: 3, lock_minutes: 30 }),
  optional: ['minimum', 'maximum', 'attempts', 'lock_minutes'],
  exits: () => ['verified', 'refused', 'unknown'],
  summary: ({ field, attempts = 3 }, choices) => (field ? t('flow.against', { field: choices.fieldName(field), n: attempts }) : ''),
  lacks: (settings) => [saysNothing(settings.prompts) && 'prompts', !settings.field && 'field'],
  exitWord: (exit) => t(`flow.exit.${exit === 'unknown' ? 'unverifiable' : exit}`),
})
