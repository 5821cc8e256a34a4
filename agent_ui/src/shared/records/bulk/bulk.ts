/** Which records an act on several is about, and what it may change. */
import type { BulkBody, DataRecord, Definition, Field, Values } from '@/shared/api'
import { isBlank, isWritable } from '@/shared/fields'

export interface Listed { q: string; filters: Record<string, string> }
/** The ticked rows, or all that the list has on its pages. */
export interface Chosen { rows: DataRecord[]; every: boolean; total: number; listed: Listed }

export const countOf = (chosen: Chosen): number => (chosen.every ? chosen.total : chosen.rows.length)

export function bodyOf(act: BulkBody['act'], chosen: Chosen, values: Values = {}): BulkBody {
  const which = chosen.every
    ? { every: { q: chosen.listed.q, filters: chosen.listed.filters } }
    : { records: chosen.rows.map((row) => ({ id: row.id, version: row.version })) }
  return { act, values, ...which }
}

/** What several records can have alike: what this user may write, and no value may stand in one alone. */
export const editable = (definition: Definition): Field[] => definition.fields.filter((field) => isWritable(field) && !field.unique && field.type !== 'serial')

/** Whom records can be given to. */
export const owners = (definition: Definition): Field[] => editable(definition).filter((field) => field.key === definition.links.assignee || field.key === definition.links.team)

/** Emptied on purpose is nothing, not an empty text. */
export const valuesOf = (fields: Field[], values: Values): Values => Object.fromEntries(fields.map((field) => [field.key, isBlank(values[field.key]) ? null : values[field.key]]))
