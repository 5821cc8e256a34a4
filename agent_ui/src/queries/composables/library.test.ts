import { expect, it } from 'vitest'
import type { Field, ReadySetting } from '@/shared/api'
import { wholeDoc } from './build'
import { keptColumn, keptCondition, suits, takeColumn, takeCondition } from './library'

const label = { 'zh-CN': '日期', en: 'Day' }
const due = { key: 'due', type: 'date', label } as unknown as Field
const ready = (kind: ReadySetting['kind'], content: Record<string, unknown>): ReadySetting => ({ key: 'r', kind, name: label, content, own: true, version: 1 })
const doc = wholeDoc({ source: 'job', columns: [{ key: 'due', label, field: 'due', by: 'month', width: 100, link: true }], conditions: [{ field: 'due', operator: 'eq', value: ['2026-11-24'] }] })

it('suits fields of its types, or every field', () => {
  expect([suits(ready('column', { types: ['date'] }), 'date'), suits(ready('column', { types: ['date'] }), 'text'), suits(ready('column', { types: [] }), 'text'), suits(ready('column', { types: ['date'] }), undefined)]).toEqual([true, false, true, false])
})
it('suits what is computed alone where it is an expression', () => {
  const computed = ready('column', keptColumn({ key: 'share', label, expression: 'orders / customers', format: 'percent' }, undefined))
  expect([suits(computed, undefined), suits(computed, 'date')]).toEqual([true, false])
})
it('keeps of a column what is set of it, and gives it to another', () => {
  const kept = keptColumn(doc.columns[0]!, due)
  expect(kept).toEqual({ types: ['date'], by: 'month', width: 100, link: true })
  const other = wholeDoc({ source: 'job', columns: [{ key: 'made', label, field: 'made' }] })
  expect(takeColumn(other, 'made', ready('column', kept)).columns[0]).toMatchObject({ key: 'made', label, by: 'month', width: 100, link: true })
})
it('asks for a condition whose ready setting does, with what it begins with', () => {
  const taken = takeCondition(doc, 'conditions', 0, ready('condition', { operator: 'between', value: ['$today-7d', '$today'], asked: true }), label)
  expect(taken.conditions[0]).toMatchObject({ field: 'due', operator: 'between', value: [], parameter: 'due' })
  expect(taken.parameters).toEqual([{ key: 'due', label, default: ['$today-7d', '$today'], required: false, template: '' }])
  expect(keptCondition(taken, taken.conditions[0]!, due)).toEqual({ types: ['date'], operator: 'between', asked: true, required: false, label, value: ['$today-7d', '$today'], template: '' })
})
it('begins by template where the ready setting has one, and then by no default', () => {
  const taken = takeCondition(doc, 'conditions', 0, ready('condition', { operator: 'ge', value: ['x'], asked: true, template: '{{ today.year }}-01-01' }), label)
  expect(taken.parameters[0]).toMatchObject({ default: [], template: '{{ today.year }}-01-01' })
})
it('takes the place of what was asked before', () => {
  const asked = takeCondition(doc, 'conditions', 0, ready('condition', { operator: 'ge', asked: true }), label)
  const said = takeCondition(asked, 'conditions', 0, ready('condition', { operator: 'eq', value: ['$today'] }), label)
  expect([said.conditions[0], said.parameters]).toEqual([expect.objectContaining({ operator: 'eq', value: ['$today'], parameter: '' }), []])
})
