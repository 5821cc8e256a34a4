/** What the calls to be scored are chosen by, and what the API is asked for it. Pure. */
import type { Definition, Field, FiltersOf, ObjectBrief } from '@/shared/api'
import { day, dayStart } from '@/shared/format'

export type Filters = FiltersOf<'/quality/items'>
/** days: the first and the last, both included. fields: filters of the records, `f.<field>` and its bounds. */
export interface Choice { agent_id?: string; service_id?: string; days?: [string, string]; object?: string; fields: Record<string, string | undefined> }

export const blankChoice = (): Choice => ({ agent_id: undefined, service_id: undefined, days: undefined, object: undefined, fields: {} })
const KINDS = ['work_order', 'customer']
/** Types that nothing is to be found by. */
const NEVER: Field['type'][] = ['long_text', 'rich_text', 'details', 'file', 'image']

/** Objects whose records a call is about, or with. */
export const objectsOf = (all: ObjectBrief[]): ObjectBrief[] =>
  KINDS.flatMap((kind) => all.filter((one) => one.kind === kind))

export const askable = (definition: Definition): Field[] => definition.fields.filter((field) => field.filterable && !NEVER.includes(field.type))

/** Fields that filters are about, each once. */
export const keysOf = (fields: Record<string, unknown>): string[] => [...new Set(Object.keys(fields).filter((name) => fields[name]).map((name) => name.split('.')[1]!))]

export function filtersOf(choice: Choice): Filters {
  const fields = Object.entries(choice.fields).filter(([, value]) => value?.trim())
  return {
    ...(choice.agent_id && { agent_id: choice.agent_id }),
    ...(choice.service_id && { service_id: choice.service_id }),
    ...(choice.days && { from: dayStart(choice.days[0]), to: dayStart(choice.days[1], 1) }),
    ...(choice.object && { object: choice.object, ...Object.fromEntries(fields) }),
  }
}

export function choiceOf(filters: Filters): Choice {
  const fields = Object.entries(filters as Record<string, string | undefined>).filter(([name, value]) => name.startsWith('f.') && value)
  const { agent_id, service_id, from, to, object } = filters
  // The list ends before the day after the last.
  const days: [string, string] | undefined = from && to ? [day(from), day(Date.parse(to) - 1)] : undefined
  return { agent_id, service_id, days, object, fields: Object.fromEntries(fields) }
}

/** By how many things the calls are chosen. */
export function countOf(filters: Filters): number {
  const { agent_id, service_id, days, object, fields } = choiceOf(filters)
  return [agent_id, service_id, days].filter(Boolean).length + (object ? Math.max(1, keysOf(fields).length) : 0)
}

/** Other calls in the same states. */
export function choose(kept: Filters, next: Filters): void {
  const all = kept as Record<string, unknown>
  for (const name of Object.keys(all)) if (name !== 'status') all[name] = undefined
  Object.assign(all, next)
}
