import { beforeEach, describe, expect, it } from 'vitest'
import type { Period, ScheduleBody, Standing, Week } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { bodyOf, clocksFrom, copyDay, draftOf, isNextDay, newDraft, newSpecial, nextPeriod, periodText, previewErrors, previewOf, readClock, standingText, stillWrong, WEEK, weekText, WORKING_DAYS } from './schedules'

const period = (text: string): Period => ({ begins: text.slice(0, 5), ends: text.slice(6) })
const periods = (text: string): Period[] => text.split(' ').filter(Boolean).map(period)
const OFFICE = '09:00-12:00 13:30-18:00'
const week = (...days: string[]): Week => Object.fromEntries(WEEK.map((day, index) => [day, periods(days[index] ?? '')])) as Week
const office = week(OFFICE, OFFICE, OFFICE, OFFICE, OFFICE)
const body = (changes: Partial<ScheduleBody> = {}): ScheduleBody => ({ name: '热线', time_zone: null, follows_holidays: true, workday_as: 'mon', week: office, days: [], ...changes })

beforeEach(() => setLocale('en'))

describe('a week in words', () => {
  const all = (text: string) => week(...WEEK.map(() => text))
  it.each<[Week, string, string]>([
    [office, 'Mon–Fri 09:00–12:00, 13:30–18:00; Sat, Sun closed', '周一至周五 09:00–12:00、13:30–18:00；周六、周日休息'],
    [all('00:00-24:00'), 'Every day 24 hours', '每天全天'],
    [all('00:00-00:00'), 'Every day 24 hours', '每天全天'],
    [all('22:00-06:00'), 'Every day 22:00–06:00 next day', '每天 22:00–次日 06:00'],
    [all(''), 'Every day closed', '每天休息'],
    [week('', OFFICE, '', OFFICE, OFFICE, '00:00-24:00', ''), 'Mon closed; Tue 09:00–12:00, 13:30–18:00; Wed closed; Thu, Fri 09:00–12:00, 13:30–18:00; Sat 24 hours; Sun closed', '周一休息；周二 09:00–12:00、13:30–18:00；周三休息；周四、周五 09:00–12:00、13:30–18:00；周六全天；周日休息'],
    [week('13:30-18:00 09:00-12:00', OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, OFFICE), 'Every day 09:00–12:00, 13:30–18:00', '每天 09:00–12:00、13:30–18:00'],
  ])('%#', async (given, english, chinese) => {
    expect(weekText(given)).toBe(english)
    await setLocale('zh-CN')
    expect(weekText(given)).toBe(chinese)
  })
})

it.each<[string, boolean]>([['09:00-18:00', false], ['22:00-06:00', true], ['09:00-09:00', true], ['18:00-00:00', true], ['18:00-24:00', false], ['9-8', false]])('knows whether %s ends on the next day', (text, next) => {
  const [begins = '', ends = ''] = text.split('-')
  expect(isNextDay({ begins, ends })).toBe(next)
})

it.each([['9', '09:00'], ['09', '09:00'], ['930', '09:30'], ['0930', '09:30'], ['9:30', '09:30'], ['9：30', '09:30'], ['23.59', '23:59'], ['24:00', null], ['960', null], ['2530', null], ['', null], ['noon', null]])('reads %s as %s', (text, clock) => expect(readClock(text)).toBe(clock))
it('reads 24:00 as an end alone', () => expect([readClock('24', true), readClock('24:30', true)]).toEqual(['24:00', null]))

describe('offered times', () => {
  it('begin after what they follow and go round', () => {
    expect(clocksFrom('12:00').slice(0, 2)).toEqual(['12:00', '12:30'])
    expect(clocksFrom('09:00', true).slice(0, 2)).toEqual(['09:30', '10:00'])
    expect(clocksFrom('09:00', true)).toContain('24:00')
    expect(clocksFrom('06:00')).not.toContain('24:00')
    expect(new Set(clocksFrom('06:00')).size).toBe(48)
  })
  it('of one more period lie behind the last, within the day', () => {
    expect(nextPeriod(periods('09:00-12:00'))).toEqual(period('13:00-17:00'))
    expect(nextPeriod(periods('09:00-21:30'))).toEqual(period('22:30-24:00'))
    expect(nextPeriod(periods('09:00-24:00'))).toEqual(period('23:00-24:00'))
    expect(nextPeriod([])).toEqual(period('09:00-18:00'))
  })
})

describe('the form', () => {
  const full = body({ time_zone: 'Europe/Berlin', follows_holidays: false, workday_as: 'fri', days: [{ first: '2026-12-24', last: '2026-12-25', name: '盘点', periods: periods('09:00-12:00') }, { first: '2026-12-31', last: '2026-12-31', name: '年末', periods: [] }] })
  it('sends what it was given', () => expect(bodyOf(draftOf(full))).toEqual(full))
  it('begins with an ordinary week', () => expect(weekText(bodyOf(newDraft()).week)).toBe('Mon–Fri 09:00–18:00; Sat, Sun closed'))
  it('keeps the periods of a day that is closed, and does not send them', () => {
    const draft = draftOf(full)
    draft.week.mon.open = false
    draft.days[0]!.open = false
    expect([bodyOf(draft).week.mon, bodyOf(draft).days![0]!.periods]).toEqual([[], []])
    draft.week.mon.open = true
    expect(bodyOf(draft)).toMatchObject({ week: { mon: periods(OFFICE) } })
  })
  it('changes nothing of what was read', () => {
    const draft = draftOf(full)
    draft.week.mon.periods[0]!.begins = '07:00'
    draft.days[0]!.periods[0]!.begins = '07:00'
    expect([full.week.mon[0]!.begins, full.days![0]!.periods[0]!.begins]).toEqual(['09:00', '09:00'])
  })
  it('copies a day to others, which then go their own ways', () => {
    const { week: days } = draftOf(body({ week: week('08:00-16:00', OFFICE, '', OFFICE, OFFICE, '10:00-12:00') }))
    copyDay(days, 'mon', WORKING_DAYS)
    expect(WEEK.map((day) => days[day].open)).toEqual([true, true, true, true, true, true, false])
    expect([days.wed.periods, days.sat.periods]).toEqual([periods('08:00-16:00'), periods('10:00-12:00')])
    days.tue.periods[0]!.ends = '17:00'
    expect([days.mon.periods, days.wed.periods]).toEqual([periods('08:00-16:00'), periods('08:00-16:00')])
    copyDay(days, 'sun', WEEK)
    expect(WEEK.every((day) => !days[day].open)).toBe(true)
  })
})

describe('the preview', () => {
  it('needs no names, and leaves out days that are not entered yet', () => {
    const draft = draftOf(body({ name: '', days: [{ first: '2026-12-24', last: '2026-12-24', name: ' ', periods: [] }] }))
    draft.days.unshift(newSpecial())
    const asked = previewOf(draft)
    expect(asked.kept).toEqual([1])
    expect(asked.body).toMatchObject({ name: '—', days: [{ first: '2026-12-24', name: '—', periods: [] }] })
  })
  it('tells of fields by the paths of the form', () =>
    expect(previewErrors({ 'schedule.days.0.last': 'a', 'schedule.week.mon.0.begins': 'b', 'schedule.days': 'c' }, [1])).toEqual({ 'days.1.last': 'a', 'week.mon.0.begins': 'b', days: 'c' }))
})

it('a refusal stands until its part of the form is another', () => {
  const errors = { name: 'taken', 'week.mon': 'overlap' }
  expect(stillWrong(errors, body(), body())).toEqual(errors)
  expect(stillWrong(errors, body(), body({ name: '另一个' }))).toEqual({ 'week.mon': 'overlap' })
})

it('says why it is open, and until when', () => {
  const standing = (changes: Partial<Standing>): Standing => ({ open: false, why: 'week', name: '', until: null, ...changes })
  expect(standingText(standing({}))).toBe('By the week')
  expect(standingText(standing({ why: 'holiday', name: 'National Day', until: '2020-10-08T01:00:00Z' }))).toBe('National Day, until 2020-10-08 09:00')
  expect(standingText(standing({ why: 'emergency' }), 'No power')).toBe('No power')
  expect(standingText(standing({ why: 'emergency' }))).toBe('Emergency switch')
  expect(periodText(period('00:00-24:00'))).toBe('24 hours')
})
