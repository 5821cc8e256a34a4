import { describe, expect, it } from 'vitest'
import type { DataRecord, Definition, Field } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { bodyOf, countOf, editable, owners, valuesOf, type Chosen } from './bulk'

const row = (id: string, version: number) => ({ id, version }) as DataRecord
const chosen = (changes: Partial<Chosen> = {}): Chosen => ({ rows: [row('a', 3)], every: false, total: 40, listed: { q: 'x', filters: { 'f.state': 'open' } }, ...changes })
const definition = (links: Record<string, string>, ...fields: Field[]) => ({ links, fields }) as unknown as Definition

describe('an act on several records', () => {
  it('names the ticked ones as they were read', () => {
    expect(bodyOf('edit', chosen(), { state: 'done' })).toEqual({ act: 'edit', values: { state: 'done' }, records: [{ id: 'a', version: 3 }] })
    expect(countOf(chosen())).toBe(1)
  })
  it('means the whole list by its search and filters', () => {
    expect(bodyOf('delete', chosen({ every: true }))).toEqual({ act: 'delete', values: {}, every: { q: 'x', filters: { 'f.state': 'open' } } })
    expect(countOf(chosen({ every: true }))).toBe(40)
  })
  it('offers what several can have alike', () => {
    const fields = [field({ key: 'a' }), field({ key: 'b', unique: true }), field({ key: 'c', access: 'read' }), field({ key: 'd', type: 'serial' }), field({ key: 'e', read_only: true })]
    expect(editable(definition({}, ...fields)).map((one) => one.key)).toEqual(['a'])
  })
  it('gives records to whom the definition says they belong', () => {
    const whole = definition({ assignee: 'owner', team: 'crew' }, field({ key: 'owner', type: 'user' }), field({ key: 'crew', type: 'team', access: 'read' }), field({ key: 'other', type: 'user' }))
    expect(owners(whole).map((one) => one.key)).toEqual(['owner'])
  })
  it('sends what was emptied as nothing', () => expect(valuesOf([field({ key: 'a' }), field({ key: 'b' })], { a: '', b: 'x', c: 'y' })).toEqual({ a: null, b: 'x' }))
})
