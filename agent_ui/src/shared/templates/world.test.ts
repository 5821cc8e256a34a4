import { describe, expect, it } from 'vitest'
import type { Field, TemplateInstruction } from '@/shared/api'
import { canStand, groupsOf, placeOf, putOf, worldOf } from './world'

const field = (key: string, type: Field['type'], options: { value: string; label: object }[] = []) => ({ key, type, label: { en: key }, options }) as unknown as Field
const instruction = (name: string, kind: 'function' | 'filter', signature: string) => ({ name, kind, signature, summary: '', example: '', result: '' }) as unknown as TemplateInstruction
const say = (key: string) => key

describe('a field put into a template', () => {
  it.each([
    ['text', '{{ record.x }}'], ['choice', '{{ record.x }}'], ['date', '{{ record.x | date }}'],
    ['updated_at', '{{ record.x | datetime }}'], ['money', '{{ record.x | number }}'],
  ] as const)('has the form of a %s', (type, place) => expect(placeOf(field('x', type))).toBe(place))
  it('is none of those that are records of their own', () => {
    expect([field('a', 'details'), field('b', 'file')].filter(canStand).map((one) => one.key)).toEqual(['b'])
  })
  it('stands in its group, and those of no group under none', () => {
    const fields = [field('a', 'text'), field('b', 'details'), field('c', 'text'), field('d', 'text')]
    const groups = [{ key: 'main', label: { en: 'Main' }, fields: ['c', 'b'] }, { key: 'lines', label: { en: 'Lines' }, fields: ['b'] }]
    expect(groupsOf({ fields, groups }).map((one) => [one.key, one.fields.map((each) => each.key)])).toEqual([['main', ['c']], ['', ['a', 'd']]])
  })
})

it.each([
  ['random', 'function', 'random(low, high)', 'random('], ['today', 'function', 'today()', 'today()'], ['log', 'function', 'log(*parts)', 'log()'],
  ['mask', 'filter', 'mask', 'mask'], ['date', 'filter', "date(style='short')", 'date'], ['nvl', 'filter', 'nvl(other)', 'nvl('],
] as const)('the cursor waits in %s for what must be given', (name, kind, signature, put) => expect(putOf({ name, kind, signature })).toBe(put))

describe('what a template may name', () => {
  const fields = [field('name', 'text'), field('level', 'choice', [{ value: 'gold', label: { en: 'Gold' } }])]
  const world = worldOf({ fields, instructions: [instruction('date', 'filter', 'date'), instruction('upper', 'filter', 'upper'), instruction('random', 'function', 'random(low)')], html: false, say })
  it('is the record, its codes with their choices, and what is around it', () => {
    expect(world.names.map((one) => one.text).slice(0, 4)).toEqual(['record', 'codes', 'now', 'enterprise'])
    expect(world.names[1]?.members).toEqual([{ text: 'level', about: { en: 'level' }, options: [{ value: 'gold', label: { en: 'Gold' } }] }])
  })
  it('is an instruction by its kind, with what it takes', () => {
    expect(world.functions.map((one) => [one.text, one.put, one.more?.signature])).toEqual([['random', 'random(', 'random(low)']])
    expect(world.filters.map((one) => one.text)).toEqual(['date', 'upper'])
  })
  it('has no record where there is none', () => {
    expect(worldOf({ fields: [], instructions: [], html: false, say, around: { to: [] } }).names.map((one) => one.text)).toEqual(['to'])
  })
})
