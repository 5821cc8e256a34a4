/** Which values of several records differ, and which of them stay. Pure. */
import type { DataRecord, Definition, Field } from '@/shared/api'
import { isBlank } from '@/shared/fields/kind'

export const MOST = 5
/** Field → the record whose value stays. */
export type Choice = Record<string, string>

const same = (one: unknown, other: unknown): boolean => (isBlank(one) && isBlank(other)) || JSON.stringify(one) === JSON.stringify(other)

/** Fields that a person may fill in and in which the records do not agree. */
export const differing = (definition: Definition, records: DataRecord[]): Field[] =>
  definition.fields.filter((field) => !field.read_only && !field.details && field.access === 'write' && records.some((one) => !same(one.values[field.key], records[0]?.values[field.key])))

/** The survivor's own values; where it has none, the first one that there is. */
export function standard(fields: Field[], records: DataRecord[], survivor: string): Choice {
  const first = records.find((one) => one.id === survivor)
  const order = first ? [first, ...records.filter((one) => one !== first)] : records
  return Object.fromEntries(fields.map((field) => [field.key, (order.find((one) => !isBlank(one.values[field.key])) ?? order[0])?.id ?? survivor]))
}

/** What the server is asked: the others as they were read, and only the choices that change the survivor. */
export function bodyOf(records: DataRecord[], survivor: string, choice: Choice) {
  return {
    others: records.filter((one) => one.id !== survivor).map(({ id, version }) => ({ id, version })),
    values: Object.fromEntries(Object.entries(choice).filter(([, id]) => id !== survivor)),
  }
}

/** The one with the most filled in, the older one of two alike: what people take for the right one. */
export function likely(definition: Definition, records: DataRecord[]): string {
  const filled = (one: DataRecord) => definition.fields.filter((field) => !isBlank(one.values[field.key])).length
  const ranked = [...records].sort((one, other) => filled(other) - filled(one) || one.created_at.localeCompare(other.created_at))
  return ranked[0]?.id ?? ''
}
