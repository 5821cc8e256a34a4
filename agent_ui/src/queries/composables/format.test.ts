import { beforeAll, describe, expect, it } from 'vitest'
import type { QueryAnswer, QueryColumn, QueryRow } from '@/shared/api'
import { setTimeZone } from '@/shared/format'
import { setLocale } from '@/shared/i18n'
import { partsOf } from './drawn'
import { grouped, onPaper, shownAs, sumOf } from './format'
import { addressOf, addressOfGiven, dayWord, givenIn } from './parameters'

beforeAll(() => setLocale('en'))
const column = (more: Partial<QueryColumn> = {}): QueryColumn => ({ key: 'a', label: { 'zh-CN': '甲', en: 'A' }, type: 'text', format: '', width: 0, mask: false, align: 'start', sortable: true, link: null, object: null, field: null, ...more })

it('digits are grouped without becoming a number: they are exact', () => {
  expect(['1234567.80', '-1000', '12', 'x'].map(grouped)).toEqual(['1,234,567.80', '-1,000', '12', 'x'])
})

describe('a value', () => {
  it.each([
    ['nothing', column(), null, '—'], ['a whole number', column({ type: 'integer' }), 12486, '12,486'], ['an exact number', column({ type: 'decimal' }), '2500.50', '2,500.50'],
    ['yes', column({ type: 'boolean' }), true, 'Yes'],
    ['a mask, whatever its format', column({ format: 'percent', mask: true }), '***', '***'],
  ])('that is %s', (_what, of, value, words) => expect(shownAs(of, value)).toBe(words))
})

it('what a column comes to is said in the server’s words, else as its values are', () => {
  const answer = { sums: { a: '9000.00', n: '9000.00' }, sum_texts: { a: '¥9,000.00' } } as unknown as QueryAnswer
  expect([column(), column({ key: 'n', type: 'decimal' })].map((one) => sumOf(answer, one))).toEqual(['¥9,000.00', '9,000.00'])
})
it('words for days are said as people say them', () => {
  expect(['$today', '$today-7d', '$today+3d', '2026-01-01'].map(dayWord)).toEqual(['Today', '7 days ago', 'in 3 days', '2026-01-01'])
})
it('an address carries what another list has filled in', () => {
  const address = addressOf({ level: 'l', name: 'n' }, { l: 'gold', n: null })
  expect(address).toEqual({ 'p.level': 'gold' })
  expect(givenIn({ ...address, view: 'x' })).toEqual({ level: ['gold'] })
})
it('a chart draws numbers under the names of its category, but not what is masked', () => {
  const answer = { columns: [column({ key: 'a' }), column({ key: 'n' }), column({ key: 'm', mask: true })], rows: [{ values: { a: 'x', n: '2.5', m: '***' }, texts: { a: 'X', n: '¥2.50' } }, { values: { a: null, n: null, m: null }, texts: {} }] } as unknown as QueryAnswer
  expect(partsOf({ type: 'bar', category: 'a', values: ['n', 'm'] }, answer)).toMatchObject({ names: ['X', '—'], series: [{ data: [2.5, null], said: ['¥2.50', '—'] }] })
})
it('what is filled in goes along, nothing as well: it is not the default', () => {
  expect(givenIn(addressOfGiven({ level: ['gold', 'plain'], since: [] }))).toEqual({ level: ['gold', 'plain'], since: [''] })
})
it('paper has the day itself, words, numbers as they are dialled, and masks', () => {
  setTimeZone('Asia/Shanghai')
  const row = { values: { a: '2026-11-23T17:30:00Z', p: '13800138000', l: 'gold', m: '***', d: 3725 }, texts: { l: 'Gold', d: '1:02:05' } } as unknown as QueryRow
  expect([column({ type: 'datetime' }), column({ key: 'p', type: 'phone' }), column({ key: 'l', type: 'choice' }), column({ key: 'm', type: 'datetime', mask: true }), column({ key: 'd', type: 'integer', format: 'duration' })].map((one) => onPaper(one, row))).toEqual(['2026-11-24 01:30', '138 0013 8000', 'Gold', '***', '1:02:05'])
})
