import { Database } from 'lucide-vue-next'
import { kind } from '../kind'
import { gaps, holes, type Query } from '../settings'
import { valueWord } from '../words'
import form from './form.vue'

export default kind<Query>({
  kind: 'query', group: 'data', icon: Database, form,
  blank: () => ({ object: '', where: [], reads: {} }),
  exits: () => ['one', 'none', 'several', 'failed'],
  summary: ({ object, where }, choices) => (object ? [choices.objectName(object), ...where.map((one) => `${choices.fieldOf(object, one.field)} = ${valueWord(one)}`)].join(' · ') : ''),
  lacks: ({ object, where, reads }) => [!object && 'object', !where.length && 'where', (gaps(where) || holes(reads)) && 'rows'],
  sets: ({ reads, count, record }) => [...Object.keys(reads ?? {}), count ?? '', record ?? ''],
})
