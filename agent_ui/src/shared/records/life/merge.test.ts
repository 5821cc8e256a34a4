import { describe, expect, it } from 'vitest'
import type { DataRecord, Definition } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { bodyOf, differing, likely, standard } from './merge'

const fields = [field({ key: 'number', type: 'serial', read_only: true }), field({ key: 'name' }), field({ key: 'phone', type: 'phone' }), field({ key: 'email', type: 'email' })]
const definition = { fields } as Definition
const record = (id: string, values: DataRecord['values'], created_at = '2026-11-24T02:00:00Z') => ({ id, values, version: 3, created_at }) as DataRecord
const one = record('a', { number: 'KH1', name: '王秀兰', phone: '1', email: null })
const other = record('b', { number: 'KH2', name: '王秀蘭', phone: '1', email: 'x@y.cn' })

describe('records that become one', () => {
  it('differ where a person filled in something else', () => expect(differing(definition, [one, other]).map((each) => each.key)).toEqual(['name', 'email']))

  it('agree where both are empty in their own way', () => expect(differing(definition, [record('a', { name: '' }), record('b', { name: null })])).toEqual([]))

  it('keep what the survivor has, and take what it lacks', () =>
    expect(standard(differing(definition, [one, other]), [one, other], 'a')).toEqual({ name: 'a', email: 'b' }))

  it('ask only for what changes the survivor', () =>
    expect(bodyOf([one, other], 'a', { name: 'a', email: 'b' })).toEqual({ others: [{ id: 'b', version: 3 }], values: { email: 'b' } }))

  it('are likely to live on in the one with the most in it', () => expect(likely(definition, [one, other])).toBe('b'))

  it('or in the older of two alike', () => {
    const [newer, older] = [record('n', { name: 'x' }, '2026-11-24T03:00:00Z'), record('o', { name: 'y' }, '2026-11-24T02:00:00Z')]
    expect(likely(definition, [newer, older])).toBe('o')
  })
})
