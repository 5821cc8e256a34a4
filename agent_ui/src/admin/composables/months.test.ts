import { expect, it } from 'vitest'
import type { Holiday, ScheduleDay } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { addMonths, cellsOf, monthSpans, monthText, ownName, todayIn, weekdayOf } from './months'

it.each([['2026-12', 1, '2027-01'], ['2026-01', -1, '2025-12'], ['2026-10', 0, '2026-10']])('%s %+d is %s', (month, by, then) => expect(addMonths(month, by)).toBe(then))
it('knows weekdays', () => expect(['2026-10-01', '2026-10-04', '2026-10-05'].map(weekdayOf)).toEqual(['thu', 'sun', 'mon']))

it('names months in the reader’s language', async () => {
  await setLocale('zh-CN')
  expect([monthText('2026-10'), monthText('2026-01', false)]).toEqual(['2026 年 10 月', '1 月'])
  await setLocale('en')
  expect([monthText('2026-10'), monthText('2026-01', false)]).toEqual(['October 2026', 'January'])
})

it('a month begins under its weekday', () => {
  const day = (date: string): ScheduleDay => ({ date, periods: [], why: 'week', name: '' })
  expect(cellsOf([day('2026-10-01'), day('2026-10-02')]).map((cell) => cell?.date)).toEqual([undefined, undefined, undefined, '2026-10-01', '2026-10-02'])
  expect(cellsOf([day('2026-06-01')])).toHaveLength(1)
  expect(cellsOf([])).toEqual([])
})

it('today is another day elsewhere', () => {
  const now = new Date('2026-11-29T20:00:00Z')
  expect([todayIn('Asia/Shanghai', now), todayIn('America/New_York', now)]).toEqual(['2026-11-30', '2026-11-29'])
})

it('a month stands once beside its days', () => {
  const on = (day: string): Holiday => ({ day, kind: 'holiday', name: {}, own: false })
  expect(monthSpans(['2026-01-01', '2026-01-02', '2026-02-14', '2026-04-04', '2026-04-05'].map(on))).toEqual([2, 0, 1, 2, 0])
})

it('takes no name of the country’s for the enterprise’s own', () => {
  const named = (own: boolean, zh: string, en: string): Holiday => ({ day: '2026-02-14', kind: 'ordinary', own, name: { 'zh-CN': zh, en } })
  expect([named(true, '店庆', '店庆'), named(true, '调休上班', 'Make-up working day'), named(false, '元旦', '元旦')].map(ownName)).toEqual(['店庆', '', ''])
})
