/** Which column of a file becomes which field, as it is chosen on the page. Pure. */
import type { Definition, Field, Import, ImportWish } from '@/shared/api'
import { caption } from '@/shared/i18n'

export type Mode = ImportWish['mode']
export interface Choice { columns: (string | null)[]; mode: Mode; match: string | null; empty: 'leave' | 'clear' }
export interface Problem { key: string; args?: Record<string, unknown> }

export const choiceOf = (one: Import): Choice => ({ columns: one.columns.map((column) => column.field), mode: one.mode, match: one.match, empty: one.empty })

/** A field is one column's: whichever had it before has none. */
export const assign = (choice: Choice, at: number, key: string | null): Choice => ({
  ...choice,
  columns: choice.columns.map((former, place) => (place === at ? key : key !== null && former === key ? null : former)),
})

/** The fields that a column may become: those that may be written, and the one that records are found by. */
export function fieldsOf(definition: Definition, one: Import, choice: Choice): Field[] {
  const keys = new Set(choice.mode === 'create' ? one.targets : [...one.targets, ...one.matches])
  return definition.fields.filter((field) => keys.has(field.key))
}

/** New records are found by nothing; what could only be found by is then left out. */
export function withMode(choice: Choice, mode: Mode, one: Import): Choice {
  if (mode !== 'create') return withMatch({ ...choice, mode }, choice.match ?? choice.columns.find((key) => key !== null && one.matches.includes(key)) ?? null, one)
  return { ...choice, mode, match: null, columns: choice.columns.map((key) => (key !== null && one.targets.includes(key) ? key : null)) }
}

/** A column that only the former match had a use for is left out. */
export const withMatch = (choice: Choice, match: string | null, one: Import): Choice => ({
  ...choice, match, columns: choice.columns.map((key) => (key === null || key === match || one.targets.includes(key) ? key : null)),
})

/** What stands in the way of a trial. */
export function problemOf(choice: Choice, definition: Definition): Problem | null {
  if (!choice.columns.some((key) => key !== null)) return { key: 'transfer.noneMapped' }
  if (choice.mode === 'create') {
    const missing = definition.fields.filter((field) => field.required && field.default === null && !field.read_only && !choice.columns.includes(field.key))
    return missing.length ? { key: 'transfer.missing', args: { names: missing.map((field) => caption(field.label)).join('、') } } : null
  }
  if (choice.match === null) return { key: 'transfer.chooseMatch' }
  if (choice.columns.includes(choice.match)) return null
  return { key: 'transfer.matchUnmapped', args: { name: caption(definition.fields.find((field) => field.key === choice.match)?.label) } }
}
