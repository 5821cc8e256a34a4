import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import type { DeskCall } from '@/shared/api'
import { useDesk } from './useDesk'

const phone = reactive({ call: null as { callId: string; autoAnswer: boolean } | null, hangUp: vi.fn() })
const realtime = reactive({ rooms: {} as Record<string, { state: Record<string, unknown> }> })
vi.mock('@/shared/softphone/store', () => ({ useSoftphone: () => phone }))
vi.mock('@/shared/softphone/ringer', () => ({ playTick: () => {} }))
vi.mock('@/shared/realtime/store', () => ({ useRealtime: () => realtime }))
vi.mock('@/session/store', () => ({ useSession: () => ({ me: { user: { id: 'u1', role: 'agent' } } }) }))

const talking = { id: 'c1', state: 'connected', number: '13900000000', offered_at: '2026-11-27T02:00:00Z' } as DeskCall
const answers = (body: unknown) => new Response(JSON.stringify(body), { status: 200, headers: { 'Content-Type': 'application/json' } })
const fetching = vi.fn<(request: Request) => Promise<Response>>()
const asked = () => fetching.mock.calls.map(([request]) => new URL(request.url).pathname.replace('/api/v1', ''))

/** An act that the server has not answered yet. */
function underWay() {
  fetching.mockImplementationOnce(() => new Promise<Response>(() => {}))
  void useDesk().transfer({ kind: 'number', value: '10086' })
}

beforeEach(() => {
  setActivePinia(createPinia())
  phone.call = null
  phone.hangUp.mockReset()
  realtime.rooms = { 'agent:u1': { state: { agent: { state: 'talking', leg_form: 'rung' }, 'call:c1': talking } } }
  fetching.mockReset().mockImplementation(() => Promise.resolve(answers({})))
  vi.stubGlobal('fetch', fetching)
})
afterEach(() => vi.unstubAllGlobals())

it('does one act at a time', async () => {
  underWay()
  await vi.waitFor(() => expect(asked()).toEqual(['/calls/c1/transfer']))
  expect(useDesk().busy).toBe(true)
  expect(await useDesk().ready()).toBe(false)
  expect(asked()).toEqual(['/calls/c1/transfer'])
})

it('hangs the phone up though another act is under way', () => {
  phone.call = { callId: 'c1', autoAnswer: false }
  underWay()
  useDesk().hangUp()
  expect(phone.hangUp).toHaveBeenCalledOnce()
})

it('asks the server to hang up where the phone is on the desk, though another act is under way', async () => {
  underWay()
  useDesk().hangUp()
  await vi.waitFor(() => expect(asked()).toEqual(['/calls/c1/transfer', '/calls/c1/hang-up']))
})

it('keeps a nailed line: the server ends the call on it', async () => {
  realtime.rooms = { 'agent:u1': { state: { agent: { state: 'talking', leg_form: 'nailed_up' }, 'call:c1': talking } } }
  phone.call = { callId: 'c1', autoAnswer: true }
  useDesk().hangUp()
  await vi.waitFor(() => expect(asked()).toEqual(['/calls/c1/hang-up']))
  expect(phone.hangUp).not.toHaveBeenCalled()
})
