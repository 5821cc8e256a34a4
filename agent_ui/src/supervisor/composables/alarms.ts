/** What needs a leader now. Limits in seconds, as the wall has always drawn them. */
import type { QueueState, SeatState } from '@/shared/api'

export const LIMITS = { hold: 180, talking: 600, wrap_up: 120, not_ready: 1800, ringing: 30, longest: 60 } as const
export interface Alarm { id: string; level: 'bad' | 'warn'; kind: 'hold' | 'talking' | 'wrap_up' | 'not_ready' | 'ringing' | 'level' | 'longest'; name: string; seconds: number; percent?: number; seat?: SeatState }

const SEAT_LEVEL = { hold: 'bad', talking: 'warn', wrap_up: 'warn', not_ready: 'warn', ringing: 'warn' } as const
type Watched = keyof typeof SEAT_LEVEL
const age = (since: string, now: number) => (now - new Date(since).getTime()) / 1000

export function seatAlarm(seat: SeatState, now: number): Alarm | null {
  if (!(seat.state in SEAT_LEVEL)) return null
  const kind = seat.state as Watched
  const seconds = age(seat.since, now)
  return seconds < LIMITS[kind] ? null : { id: `seat:${seat.id}:${kind}`, level: SEAT_LEVEL[kind], kind, name: seat.name, seconds, seat }
}

export function queueAlarm(queue: QueueState, now: number): Alarm | null {
  const waited = queue.longest_since ? age(queue.longest_since, now) : 0
  if (queue.waiting > 0 && waited >= LIMITS.longest) return { id: `queue:${queue.id}:longest`, level: 'bad', kind: 'longest', name: queue.name, seconds: waited }
  const below = queue.offered > 0 && queue.level_percent !== null && queue.level_target !== null && queue.level_percent < queue.level_target
  return below ? { id: `queue:${queue.id}:level`, level: 'bad', kind: 'level', name: queue.name, seconds: 0, percent: queue.level_percent ?? 0 } : null
}

/** The worst first, then the oldest. */
export function alarmsOf(seats: SeatState[], queues: QueueState[], now: number): Alarm[] {
  const all = [...queues.map((queue) => queueAlarm(queue, now)), ...seats.map((seat) => seatAlarm(seat, now))].filter((one): one is Alarm => !!one)
  return all.sort((a, b) => (a.level === b.level ? b.seconds - a.seconds : a.level === 'bad' ? -1 : 1))
}
