import { describe, expect, it } from 'vitest'
import type { Condition, DataRecord, Definition, Field, Test, Values } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { formErrors, settle, writable } from './settle'

const AROUND = { role: 'agent', userId: 'u1', today: '2026-11-27' }
const asked = (one: string, operator: Test['operator'], value: unknown = null): Condition => ({ tests: [{ field: one, operator, value }] })
const definitionOf = (...fields: Field[]): Definition => ({
  identifier: 'order', kind: 'work_order', name: {}, key_field: 'number', title_field: 'x', version: 1, groups: [], fields,
  list: { columns: [], sort: '' }, links: {}, log_tab: true, duplicates: [], permissions: { create: true, read: true, edit: true, delete: false, export: false, import: false },
})
const recordOf = (values: Values, masked: string[] = []): DataRecord => ({
  id: 'r', object: 'order', key: null, title: null, version: 1, values, display: {}, masked, may: { edit: true, delete: false }, call_id: null, created_at: '', updated_at: '', created_by: null, updated_by: null,
})
const keys = (fields: Field[]): string[] => fields.map((one) => one.key)

describe('conditions of a form', () => {
  const state = field({ key: 'state', type: 'choice' })
  const reason = field({ key: 'reason', required: true, when: { visible: asked('state', 'eq', 'lost') } })
  const order = definitionOf(state, reason)

  it('takes a field off the form, asks nothing of it and sends nothing of it', () => {
    const values = { state: 'open', reason: 'typed before' }
    expect(settle(order, values, null, AROUND).shown(reason)).toBe(false)
    expect(formErrors(order, values, null, AROUND)).toEqual({})
    expect(keys(writable(order, values, null, AROUND))).toEqual(['state'])
  })

  it('puts it on the form as soon as its condition holds', () => {
    expect(Object.keys(formErrors(order, { state: 'lost', reason: '' }, null, AROUND))).toEqual(['reason'])
    expect(keys(writable(order, { state: 'lost', reason: 'x' }, null, AROUND))).toEqual(['state', 'reason'])
  })

  it('asks for a field once its condition holds', () => {
    const result = field({ key: 'result', when: { required: asked('state', 'in', ['lost', 'done']) } })
    const needs = definitionOf(state, result)
    expect(Object.keys(formErrors(needs, { state: 'done', result: null }, null, AROUND))).toEqual(['result'])
    expect(formErrors(needs, { state: 'open', result: null }, null, AROUND)).toEqual({})
  })

  it('locks by the record as it was, so that no act unlocks itself', () => {
    const price = field({ key: 'price', type: 'money', when: { editable: asked('state', 'eq', 'open') } })
    const locked = definitionOf(state, price)
    const values = { state: 'open', price: '5' }
    expect(settle(locked, values, recordOf({ state: 'lost', price: '5' }), AROUND).locked(price)).toBe(true)
    expect(keys(writable(locked, values, recordOf({ state: 'lost', price: '5' }), AROUND))).toEqual(['state'])
    expect(settle(locked, values, null, AROUND).locked(price)).toBe(false)
  })

  it.each<[string, Field, unknown, Condition, boolean]>([
    ['numbers by their size', field({ key: 'n', type: 'decimal' }), '10.0', asked('n', 'gt', '9'), true],
    ['numbers however they are written', field({ key: 'n', type: 'money' }), '5.00', asked('n', 'eq', 5), true],
    ['moments by the clock', field({ key: 'n', type: 'datetime' }), '2026-11-27T10:00:00Z', asked('n', 'eq', '2026-11-27T18:00:00+08:00'), true],
    ['days with today', field({ key: 'n', type: 'date' }), '2026-11-26', asked('n', 'lt', '$today'), true],
    ['people with who acts', field({ key: 'n', type: 'user' }), 'u1', asked('n', 'eq', '$me'), true],
    ['a box nobody ticked', field({ key: 'n', type: 'boolean' }), null, asked('n', 'eq', false), true],
    ['one of several', field({ key: 'n', type: 'choices' }), ['a', 'b'], asked('n', 'contains', 'b'), true],
    ['a part of a text', field({ key: 'n' }), 'Model AB-1', asked('n', 'contains', 'ab'), true],
    ['nothing as nothing', field({ key: 'n' }), '', asked('n', 'empty'), true],
    ['nothing with no number', field({ key: 'n', type: 'integer' }), null, asked('n', 'lt', 5), false],
    ['nothing as none of them', field({ key: 'n', type: 'choice' }), null, asked('n', 'not_in', ['a']), true],
    ['nothing with a test that is not finished', field({ key: 'n' }), null, asked('n', 'eq', null), false],
    ['the role', field({ key: 'n' }), null, asked('$role', 'in', ['leader']), false],
  ])('compares %s', (_what, asking, value, condition, result) => {
    const shown = field({ key: 'shown', when: { visible: condition } })
    expect(settle(definitionOf(asking, shown), { n: value }, null, AROUND).shown(shown)).toBe(result)
  })

  it('is content with any of several tests where it says so', () => {
    const either: Condition = { tests: [...asked('state', 'eq', 'lost').tests, ...asked('state', 'eq', 'open').tests] }
    const shown = (condition: Condition) => settle(order, { state: 'open' }, null, AROUND).shown(field({ when: { visible: condition } }))
    expect([shown(either), shown({ ...either, any: true })]).toEqual([false, true])
  })

  it('asks nothing of what is masked', () => {
    const phone = field({ key: 'phone', type: 'phone', required: true })
    expect(formErrors(definitionOf(phone), { phone: '' }, recordOf({ phone: '138****' }, ['phone']), AROUND)).toEqual({})
  })
})

describe('formulas of a form', () => {
  const formula = (key: string, tree: Record<string, unknown>, result: 'number' | 'text' = 'number', places = 2) => field({ key, type: 'formula', read_only: true, formula: { tree, result, places } })
  const times = (...names: string[]) => ({ call: '*', of: names.map((name) => ({ name })) })
  const order = definitionOf(formula('taxed', { call: '*', of: [{ name: 'total' }, { number: '1.13' }] }), field({ key: 'price', type: 'money' }), field({ key: 'count', type: 'integer' }), formula('total', times('price', 'count')))

  it('follow what is typed, each after those that it needs', () => {
    expect(settle(order, { price: '9.99', count: 3 }, null, AROUND).computed).toEqual({ total: '29.97', taxed: '33.87' })
    expect(settle(order, { price: '', count: 3 }, null, AROUND).computed).toEqual({ total: null, taxed: null })
    expect(settle(order, { price: 'nine', count: 3 }, null, AROUND).computed.total).toBeNull()
  })

  it('may be asked about by a condition', () => {
    const shown = field({ key: 'shown', when: { visible: asked('total', 'gt', 20) } })
    const asking = definitionOf(...order.fields, shown)
    expect(settle(asking, { price: '10', count: 3 }, null, AROUND).shown(shown)).toBe(true)
    expect(settle(asking, { price: '10', count: 1 }, null, AROUND).shown(shown)).toBe(false)
  })

  it('are never sent', () => expect(keys(writable(order, { price: '1', count: 1 }, null, AROUND))).toEqual(['price', 'count']))
})

it('asks for nothing that this user may not write, and sends nothing of it', () => {
  const order = definitionOf(field({ key: 'a', required: true }), field({ key: 'b', required: true, access: 'read' }), field({ key: 'c', required: true, access: 'mask' }))
  expect(Object.keys(formErrors(order, {}, null, AROUND))).toEqual(['a'])
  expect(keys(writable(order, {}, null, AROUND))).toEqual(['a'])
})
