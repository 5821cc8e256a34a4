/** Templates: what is put into their text with a click, and where its lines are. Pure. */
import type { Field, Template } from '@/shared/api'

export type Output = Template['output']
/** A template as it stands on the page; `object`: '' for any. */
export interface Draft { zh: string; en: string; object: string; text: string; output: Output; active: boolean }

export const OUTPUTS: Output[] = ['text', 'html']
export const MOST_CHARACTERS = 65536

export const draftOf = (one: Template): Draft => ({ zh: one.name['zh-CN'] ?? '', en: one.name.en ?? '', object: one.object ?? '', text: one.text, output: one.output, active: one.active })
export const bodyOf = (draft: Draft) => ({ name: { 'zh-CN': draft.zh.trim(), en: draft.en.trim() }, object: draft.object || null, text: draft.text, output: draft.output, active: draft.active })
export const sameDraft = (one: Draft, other: Draft): boolean => (Object.keys(one) as (keyof Draft)[]).every((name) => one[name] === other[name])

/** Lines are records of their own, which templates do not have. */
export const canStand = (field: Field): boolean => field.type !== 'details'
const FORMS: Partial<Record<Field['type'], string>> = { date: 'date', datetime: 'datetime', created_at: 'datetime', updated_at: 'datetime', decimal: 'number', money: 'number' }
/** A field's place in the text, in the form that its values are read in. */
export function placeOf(field: Field): string {
  const form = FORMS[field.type]
  return form ? `{{ record.${field.key} | ${form} }}` : `{{ record.${field.key} }}`
}

/** What is there beside the record, and what is written often; `key` names its caption. */
export const SNIPPETS = [
  { key: 'today', text: "{{ now | date('long') }}" },
  { key: 'enterprise', text: '{{ enterprise.name }}' },
  { key: 'otherwise', text: "{{ record.name | default('—', true) }}" },
  { key: 'condition', text: '{% if record.name %}\n\n{% endif %}' },
] as const

/** The text with a place in it, and where the cursor is then. */
export function withPlace(text: string, from: number, to: number, place: string): { text: string; at: number } {
  return { text: text.slice(0, from) + place + text.slice(to), at: from + place.length }
}
/** Where a line begins and ends; lines count from 1. */
export function spanOf(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return [before, before + (lines[line - 1]?.length ?? 0)]
}
export const linesIn = (text: string): number => text.split('\n').length
