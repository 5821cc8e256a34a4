/** Ready settings of columns and conditions: what is kept of one, and how one is taken into a query. Pure. */
import type { Field, ReadySetting } from '@/shared/api'
import { askFor, changeAsked, changeColumn, changeTest, type Column, type Doc, type Label, type Sought, type Tests } from './build'

export interface ReadyColumn { types?: string[]; label?: Label; expression?: string; aggregate?: Column['aggregate']; by?: Column['by']; format?: Column['format']; total?: Column['total']; width?: number; link?: boolean; mask?: boolean; hidden?: boolean }
export interface ReadyCondition { types?: string[]; operator: Sought['operator']; value?: string[]; asked?: boolean; required?: boolean; label?: Label; template?: string }
const SETTINGS = ['expression', 'aggregate', 'by', 'format', 'total', 'width', 'link', 'mask', 'hidden'] as const

/** Whether it suits a column's field, by its type; what is computed suits what is computed alone, and one that says nothing of types suits all. */
export function suits(ready: ReadySetting, type: string | undefined): boolean {
  const { types = [], expression } = ready.content as ReadyColumn
  if (expression) return !type
  return !types.length || (!!type && types.includes(type))
}

/** Of a column: what says something of it, for fields of its type. */
export function keptColumn(column: Column, field: Field | undefined): Record<string, unknown> {
  const said = Object.fromEntries(SETTINGS.flatMap((name) => (column[name] ? [[name, column[name]]] : [])))
  return { types: field ? [field.type] : [], ...said }
}
export const takeColumn = (doc: Doc, key: string, ready: ReadySetting): Doc => {
  const content = ready.content as ReadyColumn
  const said = Object.fromEntries(SETTINGS.flatMap((name) => (content[name] === undefined ? [] : [[name, content[name]]])))
  return changeColumn(doc, key, { ...said, ...(content.label ? { label: content.label } : {}) })
}

export function keptCondition(doc: Doc, test: Sought, field: Field | null): Record<string, unknown> {
  const asked = doc.parameters.find((one) => one.key === test.parameter)
  const types = field ? [field.type] : []
  if (!asked) return { types, operator: test.operator, value: [...(test.value ?? [])] }
  return { types, operator: test.operator, asked: true, required: !!asked.required, label: asked.label, value: [...(asked.default ?? [])], template: asked.template ?? '' }
}
/** The comparison and its values; asked for under the ready setting's own words, else the field's. */
export function takeCondition(doc: Doc, what: Tests, at: number, ready: ReadySetting, label: Label): Doc {
  const content = ready.content as unknown as ReadyCondition
  const plain = changeTest(doc, what, at, { operator: content.operator, value: [...(content.value ?? [])], parameter: '' })
  if (!content.asked) return plain
  const asked = askFor(plain, what, at, content.label ?? label)
  const key = asked[what][at]?.parameter ?? ''
  return changeAsked(asked, key, { required: !!content.required, template: content.template ?? '', ...(content.template ? { default: [] } : {}) })
}
