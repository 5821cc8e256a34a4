import { describe, expect, it } from 'vitest'
import { option } from '@/shared/fields/testing'
import { asCsv, base64, checkRows, problemsFrom } from './codeChecks'
import { addRow, change, depths, itemsOf, matching, parentsFor, place, removeRow, rowsOf, sameRows, setParent, settle, step, suggest, type Row } from './codes'

const items = [option('heater', '热水器'), option('fridge', '冰箱'), option('leak', '漏水', { parent: 'heater' }), option('pipe', '管路', { parent: 'leak' })]
const rows = rowsOf(items)
const at = (value: string, some: Row[] = rows) => some.find((row) => row.value === value)!
const order = (some: Row[]) => some.map((row) => row.value)

describe('rows', () => {
  it('stand in the order of the tree', () => {
    expect(order(rows)).toEqual(['heater', 'leak', 'pipe', 'fridge'])
    expect([...depths(rows).values()]).toEqual([0, 1, 2, 0])
  })
  it('go back as they came', () => {
    expect(itemsOf(rows).find((item) => item.value === 'pipe')).toMatchObject({ parent: 'leak', color: null, active: true })
    expect(itemsOf(rows)).toHaveLength(4)
  })
  it('keep what a circle holds', () => expect(rowsOf([option('a', 'A', { parent: 'b' }), option('b', 'B', { parent: 'a' })])).toHaveLength(2))
  it('keep their ids when they are read again', () => {
    const again = rowsOf([option('new', '新'), ...items], rows)
    expect(at('leak', again).id).toBe(at('leak').id)
    expect(new Set(again.map((row) => row.id)).size).toBe(5)
  })
})

describe('moving', () => {
  it('takes along what lies below', () => expect(order(step(rows, at('heater').id, 1))).toEqual(['fridge', 'heater', 'leak', 'pipe']))
  it('ends at the last sibling', () => expect(step(rows, at('leak').id, 1)).toBe(rows))
  it('beside another takes its parent', () => {
    const moved = place(rows, at('fridge').id, at('leak').id, true)
    expect(order(moved)).toEqual(['heater', 'leak', 'pipe', 'fridge'])
    expect(at('fridge', moved).parent).toBe(at('heater').id)
  })
  it('into itself does nothing', () => expect(place(rows, at('heater').id, at('pipe').id, true)).toBe(rows))
  it('under another goes behind its children, never below itself', () => {
    expect(order(setParent(rows, at('fridge').id, at('heater').id))).toEqual(['heater', 'leak', 'pipe', 'fridge'])
    expect(setParent(rows, at('heater').id, at('pipe').id)).toBe(rows)
    expect(order(parentsFor(rows, at('leak').id))).toEqual(['heater', 'fridge'])
  })
  it('leaves the children of what is taken out to its parent', () => expect(at('pipe', removeRow(rows, at('leak').id)).parent).toBe(at('heater').id))
})

describe('a new value', () => {
  const added = addRow(rows, at('leak').id)
  it('stands behind the branch, beside the row it follows', () => {
    expect(added.rows.findIndex((row) => row.id === added.id)).toBe(3)
    expect(added.rows[3]?.parent).toBe(at('heater').id)
  })
  it('is nothing until it is filled in', () => {
    expect(sameRows(added.rows, rows)).toBe(true)
    expect(itemsOf(added.rows)).toHaveLength(4)
    expect(checkRows(added.rows)).toEqual({})
  })
  it('follows the English label until it is typed', () => {
    const named = change(added.rows, added.id, { en: 'Fridge' })
    expect(named[3]?.value).toBe('fridge_2')
    const typed = change(named, added.id, { value: 'ice' })
    expect(change(typed, added.id, { en: 'Other' })[3]?.value).toBe('ice')
    expect(change(change(typed, added.id, { value: '' }), added.id, { en: 'Other' })[3]?.value).toBe('other')
  })
  it('of a saved row stays', () => expect(at('leak', change(rows, at('leak').id, { en: 'Other' })).value).toBe('leak'))
  it('is settled once saved, whatever was typed meanwhile', () => {
    const sent = change(added.rows, added.id, { en: 'Noise', zh: '噪音' })
    const meanwhile = change(sent, added.id, { zh: '异响', value: 'sound' })
    const saved = rowsOf(itemsOf(sent).map((item) => option(item.value, item.label['zh-CN']!, { parent: item.parent ?? null })), sent)
    expect(settle(sent, saved, sent)).toBe(saved)
    expect(settle(meanwhile, saved, sent)[3]).toMatchObject({ value: 'noise', zh: '异响', fresh: false })
  })
})

it.each([['Out of stock', 'out_of_stock'], ['Crème brûlée!', 'creme_brulee'], ['缺货', ''], ['A', 'a_2']])('suggests for %s “%s”', (label, value) => expect(suggest(label, ['a'])).toBe(value))

it('finds text with what lies above it', () => {
  expect(order(matching(rows, ' 管路'))).toEqual(['heater', 'leak', 'pipe'])
  expect(matching(rows, '')).toBe(rows)
})

describe('problems', () => {
  it('are told before the server is asked', () => {
    const bad = change(change(change(rows, at('leak').id, { value: 'a,b' }), at('pipe').id, { value: 'fridge' }), at('heater').id, { zh: ' ' })
    expect(checkRows(bad)).toEqual({
      [at('heater').id]: { column: 'zh', text: 'codes.problem.zh' }, [at('leak').id]: { column: 'value', text: 'codes.problem.badValue' }, [at('fridge').id]: { column: 'value', text: 'codes.problem.taken' },
    })
  })
  it('of the server find their row', () => {
    const found = problemsFrom({ 'items.1.value': 'v', 'items.2.label.en.value': 'l', 'items.3': 'r', 'name.en.value': 'n', items: 'used' }, rows)
    expect(found.rows).toEqual({ [rows[1]!.id]: { column: 'value', text: 'v' }, [rows[2]!.id]: { column: 'en', text: 'l' }, [rows[3]!.id]: { column: null, text: 'r' } })
    expect([found.name, found.rest]).toEqual(['n', ['used']])
  })
})

it('writes rows as the file that can be imported', () => {
  const quoted = change(rows, at('pipe').id, { zh: '管,"路"' })
  expect(asCsv([at('pipe', quoted)], quoted)).toBe('value,zh-CN,en,parent,color,active,closed\r\npipe,"管,""路""",管路,leak,,yes,no\r\n')
})
it('packs bytes of any length', () => expect(atob(base64(new Uint8Array(70_000).fill(200)))).toHaveLength(70_000))

it('is quick with as many values as a table may have', () => {
  const many = rowsOf(Array.from({ length: 2000 }, (_, n) => option(`v${n}`, `值${n}`, n % 10 ? { parent: `v${n - (n % 10)}` } : {})))
  const start = performance.now()
  expect(matching(change(many, 1999, { en: 'x' }), '值19')).not.toHaveLength(0)
  expect(place(many, 0, 1990, true)).toHaveLength(2000)
  expect(performance.now() - start).toBeLessThan(200)
})
