/** Seats and queues: the wall's first picture from the API, then live from the rooms. */
import { computed, onBeforeUnmount } from 'vue'
import { useSession } from '@/session/store'
import { AGENT_STATES, api, type AgentStateName, type QueueState, type SeatState } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { secondsSince, useNow } from '@/shared/composables/useNow'
import { useRealtime } from '@/shared/realtime/store'
import { alarmsOf } from './alarms'

const EVERY_MS = 30_000

export function useWall() {
  const session = useSession()
  const realtime = useRealtime()
  const now = useNow()
  const wall = useLoad((signal) => api.get('/supervision/wall', { signal }))
  const timer = setInterval(() => void wall.load(), EVERY_MS)
  onBeforeUnmount(() => clearInterval(timer))

  const enterprise = session.me?.enterprise.id
  const liveSeats = realtime.values<SeatState>(`wall:${enterprise}`, 'seat:')
  const liveQueues = realtime.values<QueueState>(`queues:${enterprise}`, 'service:')
  /** A seat in several teams stands in several rooms, and once on the wall. */
  const seats = computed(() => {
    const all = liveSeats.value.length ? liveSeats.value : (wall.value.value?.seats ?? [])
    const once = new Map(all.map((seat) => [seat.id, seat]))
    return [...once.values()].sort((a, b) => a.employee_code.localeCompare(b.employee_code, undefined, { numeric: true }))
  })
  const queues = computed(() => (liveQueues.value.length ? liveQueues.value : (wall.value.value?.services ?? [])))
  const counts = computed(() => {
    const found = new Map<AgentStateName, number>()
    for (const seat of seats.value) found.set(seat.state, (found.get(seat.state) ?? 0) + 1)
    return AGENT_STATES.filter((state) => found.has(state)).map((state) => ({ state, count: found.get(state) ?? 0 }))
  })
  const teams = computed(() => {
    const known = wall.value.value?.teams ?? []
    /** Its first team that this person watches. */
    const home = (seat: SeatState) => seat.team_ids.find((id) => known.some((team) => team.id === id))
    const groups = known.map((team) => ({ id: team.id as string | null, name: team.name, leader: team.leader_name, seats: seats.value.filter((seat) => home(seat) === team.id) }))
    const rest = seats.value.filter((seat) => !home(seat))
    return [...groups, { id: null, name: '', leader: null, seats: rest }].filter((group) => group.seats.length)
  })
  const totals = computed(() => {
    const sum = (read: (queue: QueueState) => number) => queues.value.reduce((total, queue) => total + read(queue), 0)
    // As the report counts it: who hung up at once is no call.
    const counted = sum((queue) => queue.answered + queue.abandoned - queue.short_abandoned)
    const since = queues.value.map((queue) => queue.longest_since).filter((one): one is string => !!one).sort()[0] ?? null
    return {
      waiting: sum((queue) => queue.waiting), offered: sum((queue) => queue.offered), answered: sum((queue) => queue.answered), abandoned: sum((queue) => queue.abandoned),
      level: counted > 0 ? (100 * sum((queue) => queue.within)) / counted : null,
      target: queues.value[0]?.level_target ?? 80, levelSeconds: queues.value[0]?.level_seconds ?? 20,
      longest: since ? secondsSince(since, now.value) : null, longestQueue: queues.value.find((queue) => queue.longest_since === since && since) ?? null,
    }
  })
  const alarms = computed(() => alarmsOf(seats.value, queues.value, now.value))
  return { wall, seats, queues, teams, counts, totals, alarms, now, live: computed(() => realtime.connected), asOf: computed(() => (realtime.connected ? now.value : (realtime.lostAt ?? now.value))) }
}
