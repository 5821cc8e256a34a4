import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed, effectScope, reactive, shallowRef, type EffectScope } from 'vue'
import type { TrialInFlow } from '@/shared/api'
import type { FlowDesign } from './useFlow'
import { useTryCall } from './useTryCall'

const { softphone, room } = vi.hoisted(() => ({ softphone: { value: null as never as { ready: boolean; trouble: string; start: ReturnType<typeof vi.fn>; stop: ReturnType<typeof vi.fn>; digit: ReturnType<typeof vi.fn> } }, room: { value: null as never as { value: TrialInFlow[] } } }))
vi.mock('@/shared/softphone/store', () => ({ useSoftphone: () => softphone.value }))
vi.mock('@/shared/realtime/store', () => ({ useRealtime: () => ({ watch: () => () => undefined, values: () => computed(() => room.value.value) }) }))

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const heard = (changes: Partial<TrialInFlow> = {}): TrialInFlow => ({ id: 't1', by: 'u1', phone: '', state: 'talking', why: '', since: '2026-11-24T08:00:00Z', lines: [], service: 's1', node: 'menu', waits: null, variables: {}, used: 0, problems: [], ...changes })
const UNKNOWN = () => json({ error: { code: 'unknown-call', message: 'unknown' } }, 404)
let sent: string[] = []
/** What is answered by hand, by the end of its address. */
let held: Record<string, (answer: Response) => void> = {}
let holding: string[] = []
let onDelete: () => Response
let scope: EffectScope
let call: ReturnType<typeof useTryCall>

beforeEach(() => {
  sent = []
  held = {}
  holding = []
  onDelete = () => new Response(null, { status: 204 })
  softphone.value = reactive({ ready: true, trouble: '', start: vi.fn(), stop: vi.fn(), digit: vi.fn() })
  room.value = shallowRef<TrialInFlow[]>([])
  vi.stubGlobal('fetch', async (request: Request) => {
    const place = new URL(request.url).pathname.split('/').slice(3).join('/')
    sent.push(`${request.method} ${place}`)
    const last = place.split('/').at(-1) ?? ''
    if (request.method === 'POST' && holding.includes(last)) return new Promise<Response>((done) => (held[last] = done))
    if (request.method === 'DELETE') return onDelete()
    return json(last === 'page-phone' ? {} : { id: 't1', room: 'ivr:s1' })
  })
  scope = effectScope(true)
  call = scope.run(() => useTryCall({ id: 's1', save: async () => true } as unknown as FlowDesign, { caller: '', called: '', at: null, live: false, variables: {} }))!
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})
async function begun(): Promise<void> {
  await call.begin()
  room.value.value = [heard()]
  await flushPromises()
}

it('ends a trial that began only after the page was left, as nobody would watch it', async () => {
  holding = ['trial-calls']
  void call.begin()
  await flushPromises()
  scope.stop()
  held['trial-calls']?.(json({ id: 't1', room: 'ivr:s1' }))
  await flushPromises()
  expect([sent, call.on]).toEqual([['POST ivr-services/s1/trial-calls', 'DELETE ivr-services/s1/trial-calls/t1'], false])
})

it('starts no phone with an account that came after the page was left, and gives it back', async () => {
  softphone.value.ready = false
  holding = ['page-phone']
  void call.begin()
  await flushPromises()
  scope.stop()
  held['page-phone']?.(json({}))
  await flushPromises()
  expect([softphone.value.start.mock.calls.length, sent.at(-1), sent.some((one) => one.includes('trial-calls'))]).toEqual([0, 'DELETE page-phone', false])
})

it('calls nobody when it is closed while the phone registers, and can be begun again at once', async () => {
  softphone.value.ready = false
  void call.begin()
  await flushPromises()
  call.stop()
  expect(call.on).toBe(false)
  softphone.value.ready = true
  await flushPromises()
  expect([sent.filter((one) => one.includes('trial-calls')), call.on, call.trouble]).toEqual([[], false, ''])
  await call.begin()
  expect([sent.at(-1), call.running]).toEqual(['POST ivr-services/s1/trial-calls', true])
})

it('is over when telephony knows it no more', async () => {
  await begun()
  onDelete = UNKNOWN
  expect(call.running).toBe(true)
  await call.hangUp()
  expect([call.running, call.on, call.answer?.state, call.error]).toEqual([false, true, 'ended', null])
})

it('is over when it vanishes from the room, and what was said stays in sight', async () => {
  await begun()
  room.value.value = []
  await flushPromises()
  expect([call.running, call.answer?.state, call.answer?.node]).toEqual([false, 'ended', 'menu'])
})

it('goes back to its settings when nothing was ever heard of it', async () => {
  await call.begin()
  onDelete = UNKNOWN
  await call.hangUp()
  expect([call.running, call.on]).toEqual([false, false])
})
