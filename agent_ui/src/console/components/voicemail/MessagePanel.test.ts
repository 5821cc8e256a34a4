import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import MessagePanel from './MessagePanel.vue'

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const message = (sound: string) => ({
  id: 'v1', state: 'new', sound, transcript: '', customer: null, matching: [], caller_name: 'Ms Wang', number: '138 **** 6207', number_kind: 'e164',
  location: {}, target: { name: 'Repairs' }, left_at: '2026-11-29T08:00:00Z', agent: null, version: 1,
})
const SOUND = { url: '/sound/v1', duration: 2, peaks: [50] }
let sounds: string[] = []
let plays = 0
let answerSound: () => Promise<Response>

beforeAll(() => setLocale('en'))
beforeEach(() => {
  plays = 0
  answerSound = () => Promise.resolve(json(SOUND))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('fetch', (request: Request) => {
    if (!new URL(request.url).pathname.endsWith('/sound')) return Promise.resolve(json(message(sounds.length > 1 ? sounds.shift()! : sounds[0]!)))
    plays += 1
    return answerSound()
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function opened() {
  const shown = mount(MessagePanel, { props: { id: 'v1' }, global: { plugins: [i18n, createPinia()], stubs: { VoicePlayer: true } } })
  await flushPromises()
  return shown
}

it('is one play when it is opened, though the message is read before its sound', async () => {
  sounds = ['ready']
  let late: (answer: Response) => void = () => undefined
  answerSound = () => new Promise((resolve) => (late = resolve))
  const shown = await opened()
  expect(plays).toBe(1)
  late(json(SOUND))
  await flushPromises()
  expect([plays, shown.findComponent({ name: 'VoicePlayer' }).exists()]).toEqual([1, true])
})

it('is heard as soon as it is ready', async () => {
  sounds = ['recorded', 'ready']
  answerSound = () => Promise.resolve(plays === 1 ? json({ error: { code: 'no-recording', message: '', details: {}, fields: {}, request_id: '' } }, 404) : json(SOUND))
  const shown = await opened()
  expect(shown.findComponent({ name: 'VoicePlayer' }).exists()).toBe(false)
  vi.advanceTimersByTime(1_500)
  await flushPromises()
  expect([plays, shown.findComponent({ name: 'VoicePlayer' }).exists()]).toEqual([2, true])
})
