import { PhoneForwarded } from 'lucide-vue-next'
import { phone } from '@/shared/format'
import { t } from '@/shared/i18n'
import { kind } from '../kind'
import type { Transfer } from '../settings'
import form from './form.vue'

export default kind<Transfer>({
  kind: 'transfer', group: 'lead', icon: PhoneForwarded, form,
  blank: () => ({ kind: 'service', target: '' }),
  exits: () => [],
  summary: ({ kind: to, target }, choices) => (target ? `${t(`flow.target.${to}`)} · ${to === 'number' ? phone(target) : choices.targetName(to, target)}` : ''),
  lacks: ({ target }) => [!target && 'target'],
})
