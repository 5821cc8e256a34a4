import { expect, it } from 'vitest'
import { cronOf, MONDAY_MORNING } from './rhythm'

it.each([
  [{}, '0 8 * * 1'],
  [{ weekday: 7, time: '18:30' }, '30 18 * * 0'],
  [{ rhythm: 'daily' as const }, '0 8 * * *'],
  [{ rhythm: 'workdays' as const, time: '00:05' }, '5 0 * * 1-5'],
  [{ rhythm: 'monthly' as const, day: 15 }, '0 8 15 * *'],
])('%o is %s to the clock', (part, cron) => expect(cronOf({ ...MONDAY_MORNING, ...part })).toBe(cron))
