import { CornerDownLeft } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind } from '../kind'
import form from './form.vue'

export default kind({ kind: 'return', group: 'lead', icon: CornerDownLeft, form, blank: () => ({}), exits: () => [], summary: () => t('flow.returnShort') })
