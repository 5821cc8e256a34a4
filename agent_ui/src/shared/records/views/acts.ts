/** Which of a list's buttons a row has: by its condition, by the record's rights, and by what there is to act on. */
import type { DataRecord, Definition, RecordView } from '@/shared/api'
import { holds, type Around } from '@/shared/expressions/conditions'
import { readerOf } from '../settle'

export type RowAct = RecordView['acts'][number]['act']

/** The number to dial, masked or not: the server knows whose it is. */
export const numberOf = (definition: Definition, record: DataRecord): string | null => {
  const field = definition.fields.find((one) => one.type === 'phone' && record.values[one.key])
  return field ? String(record.values[field.key]) : null
}

export function actsOf(definition: Definition, record: DataRecord, acts: RecordView['acts'], around: Around, seated: boolean): RowAct[] {
  const read = readerOf(definition)
  const may: Record<RowAct, boolean> = { open: true, edit: record.may.edit, delete: record.may.delete, dial: seated && !!numberOf(definition, record) }
  return acts.filter(({ act, when }) => may[act] && (!when || holds(when, record.values, read, around))).map(({ act }) => act)
}

const LONGEST_WISH = 6000

/** The fields whose values a list needs: its columns, who is dialled, and what its buttons ask; all, where the address has no room to name them. */
export function fieldsOf(definition: Definition, columns: string[], acts: RecordView['acts']): string {
  const asked = acts.flatMap(({ when }) => when?.tests.map((test) => test.field) ?? [])
  const wanted = definition.fields.filter((one) => one.type === 'phone' || columns.includes(one.key) || asked.includes(one.key))
  const wish = wanted.map((one) => one.key).join(',')
  return wish.length > LONGEST_WISH ? '' : wish
}
