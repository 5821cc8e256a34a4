/** A schedule as its form has it, and its week in words. */
import type { Period, ScheduleBody, SpecialDays, Standing, Week, Weekday } from '@/shared/api'
import { moment } from '@/shared/format'
import { t } from '@/shared/i18n'

export const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[]
export const WORKING_DAYS: Weekday[] = WEEK.slice(0, 5)
export const MOST_PERIODS = 8
export const MOST_SPECIALS = 200

/** Periods of a closed day stay here while the form is open: whoever opens it again has them. */
export interface Plan { open: boolean; periods: Period[] }
export interface Special extends Plan { first: string; last: string; name: string }
export interface Draft { name: string; time_zone: string; week: Record<Weekday, Plan>; days: Special[]; follows_holidays: boolean; workday_as: Weekday }

const OFFICE: Period[] = [{ begins: '09:00', ends: '18:00' }]
const copied = (periods: Period[]): Period[] => periods.map((period) => ({ ...period }))
const planOf = (periods: Period[]): Plan => ({ open: periods.length > 0, periods: copied(periods.length ? periods : OFFICE) })
const periodsOf = (plan: Plan): Period[] => (plan.open ? copied(plan.periods) : [])
export const newSpecial = (): Special => ({ first: '', last: '', name: '', ...planOf([]) })

export const draftOf = (body: ScheduleBody): Draft => ({
  name: body.name, time_zone: body.time_zone ?? '', follows_holidays: body.follows_holidays ?? true, workday_as: body.workday_as ?? 'mon',
  week: Object.fromEntries(WEEK.map((day) => [day, planOf(body.week[day])])) as Draft['week'],
  days: (body.days ?? []).map(({ first, last, name, periods }) => ({ first, last, name, ...planOf(periods) })),
})
export const bodyOf = (draft: Draft): ScheduleBody => ({
  name: draft.name, time_zone: draft.time_zone || null, follows_holidays: draft.follows_holidays, workday_as: draft.workday_as,
  week: Object.fromEntries(WEEK.map((day) => [day, periodsOf(draft.week[day])])) as Week,
  days: draft.days.map((special): SpecialDays => ({ first: special.first, last: special.last, name: special.name, periods: periodsOf(special) })),
})
export const newDraft = (): Draft => draftOf({ name: '', week: Object.fromEntries(WEEK.map((day) => [day, WORKING_DAYS.includes(day) ? OFFICE : []])) as Week })

export function copyDay(week: Draft['week'], from: Weekday, to: readonly Weekday[]): void {
  for (const day of to) if (day !== from) week[day] = { open: week[from].open, periods: copied(week[from].periods) }
}

const HOUR = 60
const MIDNIGHT = 24 * HOUR
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * HOUR + Number(clock.slice(3))
const clockOf = (minutes: number): string => `${String(Math.floor(minutes / HOUR)).padStart(2, '0')}:${String(minutes % HOUR).padStart(2, '0')}`
const isClock = (text: string): boolean => /^\d\d:\d\d$/.test(text)
const isAllDay = ({ begins, ends }: Period): boolean => begins === '00:00' && (ends === '24:00' || ends === '00:00')

/** An end that is not later than the beginning is the next day's. */
export const isNextDay = ({ begins, ends }: Period): boolean => isClock(begins) && isClock(ends) && minutesOf(ends) <= minutesOf(begins)

/** What one types: `9`, `930`, `9:30`; `24:00` is an end alone. Null where it is no time. */
export function readClock(text: string, end = false): string | null {
  const [, hours = '', minutes = '00'] = /^(\d{1,2})(?:[:：.]?(\d{2}))?$/.exec(text.trim()) ?? []
  if (!hours || Number(minutes) >= HOUR) return null
  const read = Number(hours) * HOUR + Number(minutes)
  return read < MIDNIGHT || (end && read === MIDNIGHT) ? clockOf(read) : null
}

const STEP = 30
const BREAK = HOUR
const SHIFT = 4 * HOUR
/** Every half hour, beginning where the next is likely. */
export function clocksFrom(from: string, end = false): string[] {
  const all = Array.from({ length: MIDNIGHT / STEP }, (_, index) => clockOf(end ? (index + 1) * STEP : index * STEP))
  const at = all.findIndex((clock) => (end ? clock > from : clock >= from))
  return at > 0 ? [...all.slice(at), ...all.slice(0, at)] : all
}
/** One more after the last, with a break between them as long as the day has room. */
export function nextPeriod(periods: Period[]): Period {
  const last = periods.at(-1)
  if (!last || !isClock(last.ends) || isNextDay(last)) return { ...OFFICE[0]! }
  const begins = Math.min(minutesOf(last.ends) + BREAK, MIDNIGHT - BREAK)
  return { begins: clockOf(begins), ends: clockOf(Math.min(begins + SHIFT, MIDNIGHT)) }
}

export const dayName = (day: Weekday): string => t(`schedule.day.${day}`)
export const periodText = (period: Period): string => (isAllDay(period) ? t('schedule.allDay') : t(isNextDay(period) ? 'schedule.intoNextDay' : 'schedule.period', { ...period }))
const hoursText = (periods: Period[]): string => [...periods].sort((one, other) => one.begins.localeCompare(other.begins)).map(periodText).join(t('schedule.comma'))

function daysText(days: Weekday[]): string {
  if (days.length === WEEK.length) return t('schedule.everyDay')
  if (days.length > 2) return t('schedule.daysTo', { first: dayName(days[0]!), last: dayName(days.at(-1)!) })
  return days.map(dayName).join(t('schedule.comma'))
}
/** “Mon–Fri 09:00–18:00; Sat, Sun closed”: days that follow each other and are equal are one. */
export function weekText(week: Week): string {
  const groups: Weekday[][] = []
  for (const day of WEEK) {
    const group = groups.at(-1)
    if (group && hoursText(week[group[0]!]) === hoursText(week[day])) group.push(day)
    else groups.push([day])
  }
  return groups.map((days) => {
    const periods = week[days[0]!]
    const how = periods.length === 0 ? 'closedOn' : periods.some(isAllDay) ? 'allDayOn' : 'openOn'
    return t(`schedule.${how}`, { days: daysText(days), hours: hoursText(periods) })
  }).join(t('schedule.semicolon'))
}

/** Why it is open or closed, and until when as far as is known. */
export function standingText(standing: Standing, reason = ''): string {
  const why = (standing.why === 'emergency' ? reason : standing.name) || t(`schedule.why.${standing.why}`)
  return standing.until ? t('schedule.whyUntil', { why, at: moment(standing.until) }) : why
}

/** The preview needs neither names nor days that are not entered yet; `kept`: which special days it is asked with. */
export function previewOf(draft: Draft): { body: ScheduleBody; kept: number[] } {
  const body = bodyOf(draft)
  const kept = draft.days.flatMap((special, index) => (special.first && special.last ? [index] : []))
  return { body: { ...body, name: '—', days: kept.map((index) => ({ ...body.days![index]!, name: draft.days[index]!.name.trim() || '—' })) }, kept }
}
/** What the preview says of its fields, by the paths of the form. */
export const previewErrors = (errors: Record<string, string>, kept: number[]): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([path, text]) => [path.replace(/^schedule\./, '').replace(/^days\.(\d+)/, (_, index: string) => `days.${kept[Number(index)]}`), text]))

/** What the server refused stands until that part of the form is another. */
export const stillWrong = (errors: Record<string, string>, sent: ScheduleBody, now: ScheduleBody): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).filter(([path]) => {
    const part = path.split('.')[0] as keyof ScheduleBody
    return JSON.stringify(sent[part]) === JSON.stringify(now[part])
  }))
