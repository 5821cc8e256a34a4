import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed, effectScope, shallowRef, type EffectScope } from 'vue'
import type { IvrPrompt, PromptTake } from '@/shared/api'
import { useTake } from './useTake'

const { room } = vi.hoisted(() => ({ room: { value: null as never as { value: PromptTake[] } } }))
vi.mock('@/shared/realtime/store', () => ({ useRealtime: () => ({ watch: () => () => undefined, values: () => computed(() => room.value.value) }) }))

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const PROMPT = { id: 'p1', version: 1 } as IvrPrompt
const told = (state: PromptTake['state']): PromptTake => ({ id: 'k1', by: 'u1', language: 'en', phone: '1005', prompt: 'p1', since: '2026-11-24T08:00:00Z', state, why: '' })
let sent: string[] = []
let begin: () => Promise<Response>
let onDelete: () => Response
let scope: EffectScope
let take: ReturnType<typeof useTake>
const kept = vi.fn()

beforeEach(() => {
  sent = []
  kept.mockReset()
  begin = async () => json({ id: 'k1', room: 'ivr:p1' })
  onDelete = () => new Response(null, { status: 204 })
  room.value = shallowRef<PromptTake[]>([])
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(`${request.method} ${new URL(request.url).pathname.split('/').slice(3).join('/')}`)
    return request.method === 'DELETE' ? onDelete() : begin()
  })
  scope = effectScope(true)
  take = scope.run(() => useTake(kept))!
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

it.each([['the page was left', () => scope.stop()], ['it was given up', () => void take.stop()]])('hangs up a phone that rings only after %s', async (_what, act) => {
  let answer: (now: Response) => void = () => undefined
  begin = () => new Promise((done) => (answer = done))
  void take.start(PROMPT, 'en', '1005')
  await flushPromises()
  act()
  answer(json({ id: 'k1', room: 'ivr:p1' }))
  await flushPromises()
  expect([sent, take.running.value]).toEqual([['POST ivr-prompts/p1/sounds/en/takes', 'DELETE ivr-prompts/p1/sounds/en/takes/k1'], false])
})

it('is over when telephony knows it no more, or when it vanishes from the room', async () => {
  await take.start(PROMPT, 'en', '1005')
  room.value.value = [told('speaking')]
  await flushPromises()
  expect(take.running.value).toBe(true)
  room.value.value = []
  await flushPromises()
  expect([take.running.value, take.take.value?.state]).toEqual([false, 'ended'])
  await take.start(PROMPT, 'en', '1005')
  onDelete = () => json({ error: { code: 'unknown-call', message: 'unknown' } }, 404)
  await take.stop()
  expect([take.running.value, take.error.value]).toEqual([false, null])
})

it('tells once that it was kept, also after the room has forgotten it', async () => {
  await take.start(PROMPT, 'en', '1005')
  for (const state of ['speaking', 'kept'] as const) {
    room.value.value = [told(state)]
    await flushPromises()
  }
  room.value.value = []
  await flushPromises()
  expect([kept.mock.calls.length, take.take.value?.state]).toEqual([1, 'kept'])
})
