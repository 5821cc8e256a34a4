import { describe, expect, it } from 'vitest'
import type { QueueState, SeatState } from '@/shared/api'
import { alarmsOf, queueAlarm, seatAlarm } from './alarms'

const now = Date.parse('2026-11-23T02:40:00Z')
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString()
const seat = (state: SeatState['state'], seconds: number): SeatState => ({
  id: state, employee_code: '8001', name: '周子墨', team_ids: [], state, since: ago(seconds), reason_id: null, call: null, today: { answered: 0, missed: 0, talk_seconds: 0 },
})
const queue = (changes: Partial<QueueState>): QueueState => ({
  id: 'q', name: '售后维修', waiting: 0, callbacks: 0, longest_since: null, ready: 1, signed_in: 2, level_percent: 90, level_target: 80, level_seconds: 20, offered: 10, answered: 10, within: 9, abandoned: 0, short_abandoned: 0, ...changes,
})

describe('a seat', () => {
  it.each([['hold', 179, false], ['hold', 180, true], ['talking', 599, false], ['talking', 600, true], ['ready', 99_999, false], ['offline', 99_999, false]] as const)(
    '%s for %s s is an alarm: %s', (state, seconds, raised) => expect(seatAlarm(seat(state, seconds), now) !== null).toBe(raised),
  )
})

describe('a queue', () => {
  it('is quiet at its target', () => expect(queueAlarm(queue({ level_percent: 80 }), now)).toBeNull())
  it('speaks when it falls below', () => expect(queueAlarm(queue({ level_percent: 79 }), now)?.kind).toBe('level'))
  it('says nothing of a day without calls', () => expect(queueAlarm(queue({ level_percent: 0, offered: 0 }), now)).toBeNull())
  it('puts a long wait before all', () => expect(queueAlarm(queue({ waiting: 1, longest_since: ago(72) }), now)?.kind).toBe('longest'))
})

it('lists the worst first', () => {
  const found = alarmsOf([seat('talking', 700), seat('hold', 200)], [queue({ level_percent: 50 })], now)
  expect(found.map((one) => one.kind)).toEqual(['hold', 'level', 'talking'])
})
