import { PhoneOff } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind } from '../kind'
import form from './form.vue'

export default kind({ kind: 'hang_up', group: 'lead', icon: PhoneOff, form, blank: () => ({}), exits: () => [], summary: () => t('flow.hangUpShort') })
