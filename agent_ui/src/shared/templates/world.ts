/** What a template may name, for whoever writes one: its record's fields, what is there beside it, and the instructions. Pure. */
import type { Captions, Definition, Field, TemplateInstruction } from '@/shared/api'
import type { Known, Member, Word, World } from '@/shared/editor/jinja'

/** Captions of what is no field: given by whoever knows the reader's language. */
export type Say = (key: string) => string

/** Lines are records of their own, which templates do not have. */
export const canStand = (field: Field): boolean => field.type !== 'details'
const FORMS: Partial<Record<Field['type'], string>> = { date: 'date', datetime: 'datetime', created_at: 'datetime', updated_at: 'datetime', decimal: 'number', money: 'number' }
/** A field's place in the text, in the form that its values are read in. */
export function placeOf(field: Field): string {
  const form = FORMS[field.type]
  return form ? `{{ record.${field.key} | ${form} }}` : `{{ record.${field.key} }}`
}

export interface FieldGroup { key: string; label: Captions; fields: Field[] }
/** Fields as they stand in the record's form; those of no group last, under none. */
export function groupsOf(definition: Pick<Definition, 'fields' | 'groups'>): FieldGroup[] {
  const known = new Map(definition.fields.filter(canStand).map((field) => [field.key, field]))
  const found = definition.groups.map((group) => ({ key: group.key, label: group.label, fields: group.fields.flatMap((key) => known.get(key) ?? []) }))
  const grouped = new Set(found.flatMap((group) => group.fields.map((field) => field.key)))
  const rest = [...known.values()].filter((field) => !grouped.has(field.key))
  return [...found, { key: '', label: {}, fields: rest }].filter((group) => group.fields.length)
}

/** With arguments that must be given the cursor waits for them; else it is whole. */
export function putOf(one: Pick<TemplateInstruction, 'name' | 'kind' | 'signature'>): string {
  const inner = /\(([\s\S]*)\)$/.exec(one.signature)?.[1] ?? ''
  const needed = inner.split(',').some((part) => part.trim() && !part.includes('=') && !part.trim().startsWith('*'))
  if (needed) return `${one.name}(`
  return one.kind === 'function' ? `${one.name}()` : one.name
}
const wordOf = (one: TemplateInstruction): Word => ({ text: one.name, about: one.summary, put: putOf(one), more: { signature: one.signature, example: one.example, result: one.result } })

const optionsOf = (field: Field): Member['options'] => (field.options.length ? field.options.map((one) => ({ value: one.value, label: one.label })) : undefined)
const CHOSEN: Field['type'][] = ['choice', 'choices', 'cascade', 'region']

/** What stands beside the record in every template, with what is reached of each. */
export const AROUND: Record<string, string[]> = { now: [], enterprise: ['name'], user: ['name', 'code', 'role'], signature: [] }

/** names: of another text than that of a record (a message's own words, a parameter's); then there is no record. */
export function worldOf(given: { fields: Field[]; instructions: TemplateInstruction[]; html: boolean; say: Say; around?: Record<string, string[]> }): World {
  const { say, fields } = given
  const members: Member[] = fields.filter(canStand).map((field) => ({ text: field.key, about: field.label }))
  const codes: Member[] = fields.filter((field) => CHOSEN.includes(field.type)).map((field) => ({ text: field.key, about: field.label, options: optionsOf(field) }))
  const around = Object.entries(given.around ?? AROUND).map(([text, of]): Known => ({ text, about: say(`known.${text}`), members: of.map((key) => ({ text: key, about: say(`member.${text}.${key}`) })) }))
  const names: Known[] = [...(members.length ? [{ text: 'record', about: say('known.record'), members }] : []), ...(codes.length ? [{ text: 'codes', about: say('known.codes'), members: codes }] : []), ...around]
  const words = (kind: TemplateInstruction['kind']) => given.instructions.filter((one) => one.kind === kind).map(wordOf)
  return { names, functions: words('function'), filters: words('filter'), html: given.html }
}
