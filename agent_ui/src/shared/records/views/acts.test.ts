import { describe, expect, it } from 'vitest'
import type { Condition, DataRecord, Definition } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { actsOf, fieldsOf } from './acts'

const AROUND = { role: 'agent', userId: 'u1', today: '2026-11-27' }
const definition = { fields: [field({ key: 'state', type: 'choice' }), field({ key: 'phone', type: 'phone' })] } as unknown as Definition
const record = (changes: Partial<DataRecord> = {}) => ({ values: { state: 'open', phone: '138****1234' }, may: { edit: true, delete: true }, ...changes }) as DataRecord
const open: Condition = { tests: [{ field: 'state', operator: 'eq', value: 'open' }] }
const all = (['dial', 'edit', 'delete', 'open'] as const).map((act) => ({ act, when: null }))

describe('the buttons of a row', () => {
  it('stand in the order of the list', () => expect(actsOf(definition, record(), all, AROUND, true)).toEqual(['dial', 'edit', 'delete', 'open']))
  it('are those that this record allows', () => expect(actsOf(definition, record({ may: { edit: false, delete: false } }), all, AROUND, true)).toEqual(['dial', 'open']))
  it('dial for who takes calls, where there is a number', () => {
    expect(actsOf(definition, record(), all, AROUND, false)).not.toContain('dial')
    expect(actsOf(definition, record({ values: { state: 'open' } }), all, AROUND, true)).not.toContain('dial')
  })
  it('follow their conditions', () => {
    const acts = [{ act: 'edit' as const, when: open }]
    expect(actsOf(definition, record(), acts, AROUND, true)).toEqual(['edit'])
    expect(actsOf(definition, record({ values: { state: 'done' } }), acts, AROUND, true)).toEqual([])
  })
})

describe('the values that a list asks for', () => {
  const wide = (count: number) => ({ fields: [...definition.fields, ...Array.from({ length: count }, (_, n) => field({ key: `a_field_with_a_long_name_${n}` }))] }) as unknown as Definition
  it('are its columns, who is dialled, and what its buttons ask', () => {
    expect(fieldsOf(wide(3), ['a_field_with_a_long_name_2', 'gone'], [])).toBe('phone,a_field_with_a_long_name_2')
    expect(fieldsOf(wide(3), [], [{ act: 'edit', when: open }])).toBe('state,phone')
  })
  it('are all where an address has no room to name them', () => expect(fieldsOf(wide(300), wide(300).fields.map(({ key }) => key), [])).toBe(''))
})
