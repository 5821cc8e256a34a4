/** Times as the enterprise's clock shows them; durations as mm:ss or h:mm:ss. */
import { locale, t } from '@/shared/i18n'

let zone = 'Asia/Shanghai'
export const setTimeZone = (name: string): void => {
  zone = name
}
export const timeZone = (): string => zone

const formatters = new Map<string, Intl.DateTimeFormat>()
function parts(at: Date): Record<string, string> {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
      hourCycle: 'h23',
    })
    formatters.set(zone, formatter)
  }
  return Object.fromEntries(formatter.formatToParts(at).map((part) => [part.type, part.value]))
}

type Moment = string | number | Date | null | undefined
const none = '—'
const date = (at: Moment): Date | null => (at === null || at === undefined || at === '' ? null : new Date(at))

export function clock(at: Moment, seconds = false): string {
  const value = date(at)
  if (!value) return none
  const p = parts(value)
  return seconds ? `${p.hour}:${p.minute}:${p.second}` : `${p.hour}:${p.minute}`
}

export function day(at: Moment): string {
  const value = date(at)
  if (!value) return none
  const p = parts(value)
  return `${p.year}-${p.month}-${p.day}`
}

/** “今天 10:38”, “昨天 17:52”, else the date and time. */
export function moment(at: Moment, now: Date = new Date()): string {
  const value = date(at)
  if (!value) return none
  const which = day(value)
  if (which === day(now)) return t('time.today', { time: clock(value) })
  if (which === day(new Date(now.getTime() - 86_400_000))) return t('time.yesterday', { time: clock(value) })
  return `${which} ${clock(value)}`
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** “just now”, “5 min ago”, “3 h ago” of the last day, else as `moment`. */
export function ago(at: Moment, now: Date = new Date()): string {
  const value = date(at)
  if (!value) return none
  const passed = now.getTime() - value.getTime()
  if (passed < MINUTE_MS) return t('time.now')
  if (passed < HOUR_MS) return t('time.minutesAgo', { n: Math.floor(passed / MINUTE_MS) })
  if (passed < 24 * HOUR_MS) return t('time.hoursAgo', { n: Math.floor(passed / HOUR_MS) })
  return moment(value, now)
}

export function longDay(at: Moment): string {
  const value = date(at)
  if (!value) return none
  const options = { timeZone: zone, month: 'long', day: 'numeric', weekday: 'short' } as const
  const text = new Intl.DateTimeFormat(locale.value, options).format(value)
  return locale.value === 'zh-CN' ? text.replace(/(\d+)月(\d+)日/, '$1 月 $2 日 ') : text
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return none
  const whole = Math.max(0, Math.floor(seconds))
  const pad = (value: number) => String(value).padStart(2, '0')
  const tail = `${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`
  return whole < 3600 ? tail : `${Math.floor(whole / 3600)}:${tail}`
}

/** “1 时 38 分” for sums over a day. */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return t('time.minutes', { n: minutes })
  return t('time.hoursMinutes', { h: Math.floor(minutes / 60), m: minutes % 60 })
}

/** Start of the enterprise's day, as the API wants it. */
export function startOfDay(at: Date = new Date()): string {
  const p = parts(at)
  const passed = (Number(p.hour) * 3600 + Number(p.minute) * 60 + Number(p.second)) * 1000 + at.getMilliseconds()
  return new Date(at.getTime() - passed).toISOString()
}

const DAY_MS = 24 * HOUR_MS
/** The first moment of one of the enterprise's days (`2026-11-29`), or of one `after` it, as the API wants it. */
export function dayStart(text: string, after = 0): string {
  const noon = Date.parse(`${text}T12:00:00Z`) + after * DAY_MS
  // In the far east it is tomorrow by then.
  const ahead = day(noon) > new Date(noon).toISOString().slice(0, 10)
  return startOfDay(new Date(ahead ? noon - DAY_MS : noon))
}
