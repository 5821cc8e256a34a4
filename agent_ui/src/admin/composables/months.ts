/** Months and days of a calendar, as texts: `2026-10`, `2026-10-01`. */
import type { Holiday, ScheduleDay, Weekday } from '@/shared/api'
import { locale } from '@/shared/i18n'
import { WEEK } from './schedules'

const utc = (date: string): Date => new Date(`${date}T00:00:00Z`)
export const monthOf = (date: string): string => date.slice(0, 7)
export const weekdayOf = (date: string): Weekday => WEEK[(utc(date).getUTCDay() + 6) % 7]!

export function addMonths(month: string, by: number): string {
  const first = utc(`${month}-01`)
  first.setUTCMonth(first.getUTCMonth() + by)
  return monthOf(first.toISOString())
}
/** “October 2026”, “2026 年 10 月”; without its year where that stands above. */
export function monthText(month: string, withYear = true): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: 'UTC', month: withYear || locale.value === 'en' ? 'long' : 'numeric', year: withYear ? 'numeric' : undefined }
  const text = new Intl.DateTimeFormat(locale.value, options).format(utc(`${month}-01`))
  return locale.value === 'zh-CN' ? text.replace(/(\d+)年/, '$1 年 ').replace(/(\d+)月/, '$1 月') : text
}
export const todayIn = (zone: string, now = new Date()): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)

/** Rows of seven, Monday first: nothing stands before the first of the month. */
export const cellsOf = (days: ScheduleDay[]): (ScheduleDay | null)[] =>
  days.length ? [...Array.from({ length: WEEK.indexOf(weekdayOf(days[0]!.date)) }, () => null), ...days] : []

/** The enterprise's own name of a day is the same in every language; another is the country's, and stays so. */
export const ownName = ({ own, name }: Holiday): string => (own && new Set(Object.values(name)).size === 1 ? (Object.values(name)[0] ?? '') : '')

/** How many rows the month of each row has: all at its first, none at the others. */
export function monthSpans(days: Holiday[]): number[] {
  return days.map(({ day }, index) => {
    const month = monthOf(day)
    return index && monthOf(days[index - 1]!.day) === month ? 0 : days.filter((one) => monthOf(one.day) === month).length
  })
}
