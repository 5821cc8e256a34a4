import { describe, expect, it } from 'vitest'
import { field } from '../testing'
import { linesOf, moved, newLine, sentLines, sumOf, withValue, type Line } from './lines'

const line = (id: string, values: Line['values']): Line => ({ id, version: 3, values, may: { edit: true, delete: true } })

describe('lines of a record', () => {
  const before = [line('a', { name: '甲', amount: '1.00' }), line('b', { name: '乙', amount: null })]

  it('travel with what has changed alone', () => {
    const now = [before[1]!, withValue(before, 0, 'amount', '2')[0]!, newLine({ name: '丙' })]
    expect(sentLines(now, before)).toEqual([{ id: 'b', version: 3, values: {} }, { id: 'a', version: 3, values: { amount: '2' } }, { values: { name: '丙' } }])
  })

  it('are none where there is no list', () => expect([linesOf(null), sentLines(undefined, null)]).toEqual([[], []]))

  it('change their places, and stay within the table', () => {
    expect(moved(before, 0, 1).map((one) => one.id)).toEqual(['b', 'a'])
    expect(moved(before, 0, -1)).toEqual(before)
    expect(moved(before, 1, 1)).toEqual(before)
  })

  it('tell new ones apart', () => expect(newLine({}).key).not.toBe(newLine({}).key))

  it('are added up without losing a cent', () => {
    const amount = field({ key: 'amount', type: 'money' })
    const lines = ['0.1', '0.20', '-1', ''].map((text, at) => line(String(at), { amount: text }))
    expect(sumOf(lines, amount, (one) => one.values.amount)).toBe('-0.70')
    expect(sumOf([line('a', { amount: '9007199254740993.01' })], amount, (one) => one.values.amount)).toBe('9007199254740993.01')
    expect(sumOf([], amount, (one) => one.values.amount)).toBeNull()
    expect(sumOf(lines, undefined, () => '1')).toBeNull()
  })
})
