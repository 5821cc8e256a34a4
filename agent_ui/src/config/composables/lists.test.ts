import { describe, expect, it } from 'vitest'
import type { Doc, DocList } from './document'
import { addList, askedOf, askFor, changeList, dayText, filtersFrom, inLists, removeList, setActs, setWhen, wayOf } from './lists'
import { docField, document } from './testing'

const label = { 'zh-CN': 'x', en: 'x' }
const list: DocList = { key: 'mine', name: label, columns: ['name', 'owner'], sort: '-due', filters: { 'f.owner': '$me', 'f.due.from': '$today-7d' }, roles: ['agent'], acts: [{ act: 'edit', when: { tests: [{ field: 'owner', operator: 'eq', value: '$me' }] } }, { act: 'open' }] }
const doc = (lists?: DocList[]): Doc => ({ identifier: 'o', kind: 'base', name: label, key_field: 'name', title_field: 'name', groups: [], list: { columns: ['name'], sort: '-created_at' }, permissions: {}, links: {}, ...(lists ? { lists } : {}) })

describe('ready lists', () => {
  it('begin as the list that there is, each with a key of its own', () => {
    const two = addList(addList(doc()))
    expect(two.lists?.map((one) => one.key)).toHaveLength(new Set(two.lists?.map((one) => one.key)).size)
    expect(two.lists?.[0]?.columns).toEqual(['name'])
  })
  it('leave nothing behind when the last goes', () => expect('lists' in removeList(doc([list]), 0)).toBe(false))
  it('are changed one at a time', () => expect(changeList(doc([list, list]), 1, { standard: true }).lists?.map((one) => !!one.standard)).toEqual([false, true]))
  it('take their filters apart and put them together again', () => {
    expect(askedOf(list)).toEqual([{ field: 'owner', bound: '', value: '$me' }, { field: 'due', bound: 'from', value: '$today-7d' }])
    expect(filtersFrom(askedOf(list))).toEqual(list.filters)
  })
  it('keep the conditions of buttons that stay', () => {
    expect(setActs(list, ['open', 'edit', 'dial']).acts?.map((one) => [one.act, !!one.when])).toEqual([['open', false], ['edit', true], ['dial', false]])
    expect(setWhen(list, 'edit', null).acts).toEqual([{ act: 'edit' }, { act: 'open' }])
  })
  it('follow a field that is renamed', () => {
    const [renamed] = inLists([list], 'owner', 'keeper')
    expect([renamed?.columns, renamed?.filters?.['f.keeper'], renamed?.acts?.[0]?.when?.tests[0]?.field]).toEqual([['name', 'keeper'], '$me', 'keeper'])
  })
  it('forget a field that is gone', () => {
    const [without] = inLists(inLists([list], 'due', null), 'owner', null)
    expect(without).toMatchObject({ columns: ['name'], sort: '-created_at', filters: {}, acts: [{ act: 'edit' }, { act: 'open' }] })
  })
})

describe('a filter of a ready list', () => {
  it.each([['date', '$today'], ['user', '$me'], ['team', '$my_team'], ['boolean', 'true'], ['choice', '']] as const)('by a %s begins with %s', (type, value) => {
    const shaped = document({ groups: [{ key: 'g', label, fields: [docField('x', type)] }] })
    expect(askFor(shaped, 'x')).toEqual({ field: 'x', bound: '', value })
  })
  it.each([['2026-11-27', 'day'], ['$today', 'today'], ['$today-7d', 'ago'], ['$today+30d', 'ahead']] as const)('takes %s for what it is, and says it so again', (text, way) => {
    expect(wayOf(text)).toBe(way)
    expect(dayText(way, Number(/\d+(?=d)/.exec(text)?.[0] ?? 0), '2026-11-27')).toBe(text)
  })
})
