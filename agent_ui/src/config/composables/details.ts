/** What a field of lines needs to know: whose records they are, and what of them the table shows. */
import type { Definition, Field } from '@/shared/api'

export interface DetailsSettings { object: string; by: string; columns: string[]; order?: string; sum?: string; most?: number }

const NUMBERS = ['integer', 'decimal', 'money']
const isNumber = (field: Field): boolean => NUMBERS.includes(field.type) || field.formula?.result === 'number'
const SHOWN = 5

/** Their fields that name the record they belong to. */
export const belongings = (target: Definition | undefined, identifier: string): Field[] =>
  target?.fields.filter((field) => field.reference?.object === identifier) ?? []
export const columnsOf = (target: Definition | undefined, by: string): Field[] =>
  target?.fields.filter((field) => !field.details && field.key !== by) ?? []
export const ordersOf = (target: Definition | undefined): Field[] => target?.fields.filter((field) => field.type === 'integer') ?? []
export const sumsOf = (target: Definition | undefined): Field[] => target?.fields.filter(isNumber) ?? []

/** What most people want of an object: its first fields that somebody enters. Nothing where its records do not belong to ours. */
export function startOf(target: Definition, identifier: string): DetailsSettings | { object: string } {
  const [by] = belongings(target, identifier)
  if (!by) return { object: target.identifier }
  const entered = columnsOf(target, by.key).filter((field) => (!field.read_only || !!field.formula) && field.type !== 'long_text' && field.type !== 'rich_text')
  // What a line is called by stands first.
  entered.sort((one, other) => Number(other.key === target.title_field) - Number(one.key === target.title_field))
  return { object: target.identifier, by: by.key, columns: entered.slice(0, SHOWN).map((field) => field.key) }
}
