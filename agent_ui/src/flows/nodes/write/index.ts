import { DatabaseZap } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind } from '../kind'
import { gaps, type Write } from '../settings'
import form from './form.vue'

export default kind<Write>({
  kind: 'write', group: 'data', icon: DatabaseZap, form,
  blank: () => ({ object: '', act: 'create', values: [] }),
  exits: () => ['written', 'failed'],
  summary: ({ object, act }, choices) => (object ? `${t(`flow.write.${act}`)} · ${choices.objectName(object)}` : ''),
  lacks: ({ object, act, record, values }) => [!object && 'object', act === 'update' && !record && 'record', !values.length && 'values', gaps(values) && 'rows'],
  sets: ({ into }) => [into ?? ''],
})
