/** The agent's desk: own state, calls, and the acts that change them. Live data first, the last answer of the API else. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useSession } from '@/session/store'
import { api, isApiError, once, setServerTime, type AgentState, type Captions, type DeskCall, type Desk, type FoundTarget, type Id, type Target } from '@/shared/api'
import { attempt } from '@/shared/confirm'
import { dialable, phone as phoneText } from '@/shared/format'
import { useRealtime } from '@/shared/realtime/store'
import { playTick } from '@/shared/softphone/ringer'
import { useSoftphone } from '@/shared/softphone/store'
import { isRejoining, shownState } from './shownState'

const RETRY_MS = 3000
const LEFT = 'cc.signed-out'

export const useDesk = defineStore('desk', () => {
  const session = useSession()
  const realtime = useRealtime()
  const phone = useSoftphone()
  const desk = shallowRef<Desk | null>(null)
  const displayNumber = ref('')
  const busy = ref(false)

  const room = computed(() => realtime.rooms[`agent:${session.me?.user.id}`])
  const agent = computed<AgentState | null>(() => (room.value?.state.agent as AgentState | undefined) ?? desk.value?.agent ?? null)
  const calls = computed<DeskCall[]>(() => {
    if (!room.value) return desk.value?.calls ?? []
    return Object.entries(room.value.state).filter(([key]) => key.startsWith('call:')).map(([, call]) => call as DeskCall)
  })
  /** The call under way; the newest if there are several. */
  const call = computed<DeskCall | null>(() => {
    const live = calls.value.filter((one) => one.state !== 'ended')
    return live.sort((a, b) => b.offered_at.localeCompare(a.offered_at))[0] ?? null
  })
  /** A nailed line is up between calls as well: then it is no call, and the server knows better what goes on. */
  const nailed = computed(() => agent.value?.leg_form === 'nailed_up' && phone.call?.autoAnswer === true)
  const talk = computed(() => (nailed.value && !call.value ? null : phone.call))
  const state = computed(() => shownState(agent.value?.state ?? 'offline', talk.value, call.value?.state))
  // Nothing rings: the caller's coming is heard all the same.
  watch(() => nailed.value && call.value?.id, (now) => now && playTick())
  const signedIn = computed(() => (agent.value?.state ?? 'offline') !== 'offline')
  /** A state carries its reason's id; the desk knows the words. */
  const reasonLabel = (id: Id | null | undefined): Captions | undefined => desk.value?.reasons.find((reason) => reason.id === id)?.label
  const displayNumbers = computed(() => desk.value?.display_numbers ?? [])

  async function refresh(): Promise<void> {
    desk.value = await api.get('/console')
    setServerTime(desk.value.server_time)
    if (!displayNumbers.value.includes(displayNumber.value)) displayNumber.value = displayNumbers.value[0] ?? ''
  }

  async function start(): Promise<void> {
    try {
      await refresh()
      const isAgent = session.me?.user.role === 'agent'
      if (isAgent && !signedIn.value && !sessionStorage.getItem(LEFT)) await api.post('/console/sign-in')
    } catch (error) {
      if (!isApiError(error)) throw error
      if (session.me && (error.offline || error.status >= 500)) setTimeout(() => void start(), RETRY_MS)
    }
  }

  /** One act at a time; a refusal is said, the live state tells the rest. */
  async function act(run: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      return await attempt(run)
    } finally {
      busy.value = false
    }
  }

  const ensureSignedIn = async () => {
    sessionStorage.removeItem(LEFT)
    if (!signedIn.value) await api.post('/console/sign-in')
  }
  const signIn = () => act(ensureSignedIn)
  const signOut = () => {
    sessionStorage.setItem(LEFT, '1')
    return act(() => api.post('/console/sign-out'))
  }
  const ready = () => act(async () => {
    await ensureSignedIn()
    await api.put('/console/state', { body: { state: 'ready' } })
  })
  /** Where reasons exist one must be given; the first stands for a hurried “not ready”. */
  const notReady = (reason_id = desk.value?.reasons[0]?.id) => act(async () => {
    await ensureSignedIn()
    await api.put('/console/state', { body: { state: 'not_ready', reason_id } })
  })
  const finishWrapUp = () => act(() => api.post('/console/wrap-up/finish'))
  const extendWrapUp = () => act(() => api.post('/console/wrap-up/extend'))

  async function dial(number: string, customer_id?: Id | null): Promise<boolean> {
    const body = { number: dialable(number), customer_id: customer_id ?? undefined, display_number: displayNumber.value || undefined }
    return act(async () => {
      await ensureSignedIn()
      await api.post('/calls', { params: { header: once() }, body })
    })
  }

  /** The own phone is rung, answers by itself, and is in the conference room. */
  const join = (conference_id: Id) => act(async () => {
    await ensureSignedIn()
    await api.post('/console/conferences/{conference_id}/join', { params: { path: { conference_id }, header: once() } })
  })

  /** Acts on the call under way; none when there is none. */
  const onCall = (run: (params: { path: { call_id: Id } }) => Promise<unknown>) => act(async () => {
    if (call.value) await run({ path: { call_id: call.value.id } })
  })
  const place = ({ kind, value }: Target): Target => ({ kind, value })
  const transfer = (target: Target) => onCall((params) => api.post('/calls/{call_id}/transfer', { params, body: { target: place(target) } }))
  /** Whom one consults, by the name that was chosen: the live call knows only an id. */
  const consulted = ref<FoundTarget | null>(null)
  const consult = (target: FoundTarget) => {
    consulted.value = target
    return onCall((params) => api.post('/calls/{call_id}/consult', { params, body: { target: place(target) } }))
  }
  const consultName = computed(() => {
    const live = call.value?.consult?.target
    if (!live) return ''
    if (live.kind === 'number') return phoneText(live.value)
    return consulted.value?.value === live.value ? consulted.value.name : ''
  })
  const completeConsult = () => onCall((params) => api.post('/calls/{call_id}/consult/complete', { params }))
  const cancelConsult = () => onCall((params) => api.post('/calls/{call_id}/consult/cancel', { params }))

  /**
   * By SIP where the phone is here, so that it works with the server gone; else, and to keep a nailed line, by the
   * server. It is never dropped for another act under way.
   */
  function hangUp(): void {
    const on = call.value
    if (phone.call && !nailed.value && !isRejoining(phone.call, on)) phone.hangUp()
    else if (on) void attempt(() => api.post('/calls/{call_id}/hang-up', { params: { path: { call_id: on.id } } }))
  }

  return {
    desk, agent, calls, call, talk, state, signedIn, reasonLabel, busy, displayNumber, displayNumbers, start, refresh, signIn, signOut, ready, notReady,
    finishWrapUp, extendWrapUp, dial, join, transfer, consult, consultName, completeConsult, cancelConsult, hangUp,
  }
})
