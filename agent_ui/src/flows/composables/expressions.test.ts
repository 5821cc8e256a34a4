import { expect, it } from 'vitest'
import { rowsOf, textOf, typed } from './expressions'

it.each([
  'code == 1234', "level == 'gold'", "code >= 1000 and level != 'gold'", 'customers == 0 or customers > 1', "caller in ('13800000001', '13800000002')", 'code not in (1, 2)', 'code in (1,)', 'balance < -2.5',
])('reads and writes %s', (text) => {
  const rows = rowsOf(text)
  expect(rows && textOf(rows)).toBe(text)
})

it.each(['', 'code', 'not code == 1', 'code == 1 and x == 2 or y == 3', '(code == 1)', '1 < code', '1 < code < 5', 'code == other', 'code == 1 and', "level == 'gold", 'a + 1 == 2'])('leaves what is more than rows can say as it is written: %s', (text) => expect(rowsOf(text)).toBeNull())

it('knows in which way rows belong together', () => {
  expect(rowsOf("a == 1 or b in ('x', 'y')")).toEqual({ any: true, rows: [{ variable: 'a', operator: '==', values: [{ text: '1', number: true }] }, { variable: 'b', operator: 'in', values: [{ text: 'x', number: false }, { text: 'y', number: false }] }] })
})

it('takes typed digits for a number, unless a leading zero would be lost', () => {
  expect(['12', '-2.5', '021', 'gold', ''].map((text) => typed(text).number)).toEqual([true, true, false, false, false])
})

it('never writes a quote that ends its own text', () => {
  expect(textOf({ any: false, rows: [{ variable: 'a', operator: '==', values: [{ text: "it's", number: false }] }] })).toBe('a == "it\'s"')
})
