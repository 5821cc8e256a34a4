import { beforeAll, describe, expect, it } from 'vitest'
import { setLocale } from '@/shared/i18n'
import { ago, clock, day, dayStart, duration, moment, setTimeZone, startOfDay, timeZone } from './time'

beforeAll(() => setLocale('zh-CN'))

describe('duration', () => {
  it.each([[0, '00:00'], [222, '03:42'], [3661, '1:01:01'], [null, '—'], [-3, '00:00']])('%s → %s', (seconds, text) =>
    expect(duration(seconds)).toBe(text),
  )
})

describe('the enterprise’s clock', () => {
  const now = new Date('2026-11-23T02:38:05Z')
  it('shows Shanghai time whatever the computer thinks', () => {
    expect(clock(now)).toBe('10:38')
    expect(day('2026-11-22T17:00:00Z')).toBe('2026-11-23')
  })
  it('says today and yesterday', () => {
    expect(moment('2026-11-23T02:30:00Z', now)).toBe('今天 10:30')
    expect(moment('2026-11-22T02:30:00Z', now)).toBe('昨天 10:30')
    expect(moment('2026-11-01T02:30:00Z', now)).toBe('2026-11-01 10:30')
  })
  it('says how long ago within a day, and when before that', () => {
    expect(ago('2026-11-23T02:37:30Z', now)).toBe('刚刚')
    expect(ago('2026-11-23T02:30:00Z', now)).toBe('8 分钟前')
    expect(ago('2026-11-22T22:00:00Z', now)).toBe('4 小时前')
    expect(ago('2026-11-22T02:30:00Z', now)).toBe('昨天 10:30')
    expect(ago(null, now)).toBe('—')
  })
  it.each([
    ['Asia/Shanghai', '2026-11-23', '2026-11-22T16:00:00.000Z'],
    ['Pacific/Auckland', '2026-11-23', '2026-11-22T11:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-23', '2026-11-23T11:00:00.000Z'],
    ['UTC', '2026-11-23', '2026-11-23T00:00:00.000Z'],
  ])('begins a day in %s', (zone, text, begins) => {
    const before = timeZone()
    setTimeZone(zone)
    expect([dayStart(text), day(dayStart(text)), dayStart('2026-11-22', 1)]).toEqual([begins, text, begins])
    setTimeZone(before)
  })
  it('starts the day at its own midnight', () => expect(startOfDay(now)).toBe('2026-11-22T16:00:00.000Z'))
})
