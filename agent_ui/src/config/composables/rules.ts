/** Conditions, formulas and checks of a draft's fields. */
import type { Condition, FieldTypeInfo, Test } from '@/shared/api'
import { ROLE } from '@/shared/expressions/conditions'
import { DECIDES, fieldOf, type Decides, type Doc, type DocField, type When } from './document'

export type Operator = Test['operator']
/** Choosing several by hand is offered where there is a list to choose from. */
const LISTED: string[] = ['choice', 'cascade']
const EXPRESSIONS = ['expression', 'check'] as const

/** Whole words outside quoted text. */
const WORD = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*/g
const wordsIn = (text: unknown): string[] => String(text ?? '').match(WORD) ?? []

export interface CopiedSettings { by: string; field: string }
export const copiedOf = (field: DocField): CopiedSettings | undefined => field.settings?.copied as CopiedSettings | undefined

export const asksFor = (field: DocField, key: string): boolean =>
  DECIDES.some((what) => field.when?.[what]?.tests.some((test) => test.field === key)) || EXPRESSIONS.some((name) => wordsIn(field.settings?.[name]).includes(key)) || copiedOf(field)?.by === key

/** The field as it is when another has a new key. */
export function renameIn(field: DocField, key: string, next: string): DocField {
  if (!asksFor(field, key)) return field
  const settings = { ...field.settings }
  for (const name of EXPRESSIONS) if (settings[name]) settings[name] = String(settings[name]).replace(WORD, (word) => (word === key ? next : word))
  if (copiedOf(field)?.by === key) settings.copied = { ...copiedOf(field), by: next }
  const when = Object.fromEntries(Object.entries(field.when ?? {}).map(([what, condition]) => [what, { ...condition, tests: condition.tests.map((test) => (test.field === key ? { ...test, field: next } : test)) }])) as When
  return { ...field, ...(field.settings ? { settings } : {}), ...(field.when ? { when } : {}) }
}

/** A condition without tests is not written. */
export function setCondition(field: DocField, what: Decides, condition: Condition | null): DocField {
  const { [what]: _was, ...rest } = field.when ?? {}
  const when = condition?.tests.length ? { ...rest, [what]: condition } : rest
  const { when: _when, ...bare } = field
  return Object.keys(when).length ? { ...bare, when } : bare
}

/** Asked without anything to compare with. */
export const isBare = (operator: Operator): boolean => ['empty', 'filled', 'changed'].includes(operator)
/** What can be asked about a field of the draft, or (for `$role`) about who acts. */
/** `changes`: whether it may also be asked what has changed, as triggers do. */
export function operatorsFor(doc: Doc, types: FieldTypeInfo[], key: string, changes = false): Operator[] {
  if (key === ROLE) return ['in', 'not_in']
  const field = fieldOf(doc, key)
  const type = types.find((one) => one.key === field?.type)
  if (!field || !type) return []
  const alike = field.type === 'formula' ? (types.find((one) => one.kind === (field.settings?.result ?? 'number') && one.key !== 'formula') ?? type) : type
  const several = LISTED.includes(field.type)
  const asked = alike.operators.filter((one) => several || (one !== 'in' && one !== 'not_in'))
  return !changes ? asked : [...asked, 'changed', ...(asked.includes('eq') ? (['changed_to', 'changed_from'] as const) : [])]
}

/** The question that a newly chosen field begins with. */
export function firstTest(doc: Doc, types: FieldTypeInfo[], key: string): Test {
  const operators = operatorsFor(doc, types, key)
  const operator = (['in', 'eq', 'contains', 'filled'] as const).find((one) => operators.includes(one)) ?? 'filled'
  return { field: key, operator, value: startOf(operator, fieldOf(doc, key)) }
}
const startOf = (operator: Operator, field: DocField | undefined): unknown => (operator === 'in' || operator === 'not_in' ? [] : operator === 'eq' && field?.type === 'boolean' ? true : null)
/** The same question asked otherwise; what was compared with stays where it can. */
export function askOtherwise(test: Test, operator: Operator, field: DocField | undefined): Test {
  const several = operator === 'in' || operator === 'not_in'
  if (isBare(operator)) return { field: test.field, operator, value: null }
  if (several === Array.isArray(test.value)) return { ...test, operator }
  return { field: test.field, operator, value: several ? (test.value ? [test.value] : []) : ((test.value as unknown[] | null)?.[0] ?? startOf(operator, field)) }
}
