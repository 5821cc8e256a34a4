/** Conditions as the designer puts them together: `callcenter/expressions/conditions.py`, over the values of a form. */
import type { Condition, Test } from '@/shared/api'

export interface Around { role: string; userId: string; /** YYYY-MM-DD where the enterprise is */ today: string }
export const ROLE = '$role'
export const ME = '$me'
export const TODAY = '$today'

/** What a field of a form holds, in a form that compares: numbers as numbers, moments by the clock, nothing as null. */
export type Comparable = string | number | boolean | string[] | null
export type Reader = (field: string, value: unknown) => Comparable

export function holds(condition: Condition, values: Readonly<Record<string, unknown>>, read: Reader, around: Around): boolean {
  const results = condition.tests.map((test) => passes(test, values, read, around))
  return condition.any ? results.some(Boolean) : results.every(Boolean)
}

function passes(test: Test, values: Readonly<Record<string, unknown>>, read: Reader, around: Around): boolean {
  const held = test.field === ROLE ? around.role : read(test.field, values[test.field])
  if (test.operator === 'empty' || test.operator === 'filled') return (held === null) === (test.operator === 'empty')
  const meant = (value: unknown): Comparable => (value === ME ? around.userId : value === TODAY ? around.today : test.field === ROLE ? String(value) : read(test.field, value))
  const wanted = Array.isArray(test.value) ? test.value.map(meant) : meant(test.value)
  switch (test.operator) {
    case 'eq': return equal(held, wanted)
    case 'ne': return !equal(held, wanted)
    case 'in': return (wanted as unknown[]).includes(held)
    case 'not_in': return !(wanted as unknown[]).includes(held)
    case 'contains': return Array.isArray(held) ? held.includes(String(test.value)) : held !== null && String(held).toLowerCase().includes(String(wanted).toLowerCase())
    default: return held !== null && wanted !== null && ordered(test.operator, held as number, wanted as number)
  }
}
/** A box that nobody has ticked is not ticked. A test that is not finished yet, in a draft, holds for nothing. */
const equal = (held: unknown, wanted: unknown): boolean => (typeof wanted === 'boolean' ? !!held === wanted : wanted !== null && held === wanted)
function ordered(operator: Test['operator'], held: number, wanted: number): boolean {
  if (operator === 'lt') return held < wanted
  if (operator === 'le') return held <= wanted
  return operator === 'gt' ? held > wanted : held >= wanted
}
