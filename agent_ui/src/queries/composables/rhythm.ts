/** How often a file is sent, as people say it, and the cron expression that means the same. Pure. */
export const RHYTHMS = ['daily', 'workdays', 'weekly', 'monthly'] as const
export type Rhythm = (typeof RHYTHMS)[number]
/** weekday: 1 is Monday, 7 Sunday. day: of the month; later days are not in every month. time: `08:00`. */
export interface When { rhythm: Rhythm; weekday: number; day: number; time: string }

export const MONDAY_MORNING: When = { rhythm: 'weekly', weekday: 1, day: 1, time: '08:00' }
export const LAST_SAFE_DAY = 28
const WEEK = 7

export function cronOf(when: When): string {
  const [hour, minute] = when.time.split(':').map(Number)
  const days: Record<Rhythm, string> = { daily: '* * *', workdays: '* * 1-5', weekly: `* * ${when.weekday % WEEK}`, monthly: `${when.day} * *` }
  return `${minute ?? 0} ${hour ?? 0} ${days[when.rhythm]}`
}
