import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Channel } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import ChannelTry from './ChannelTry.vue'

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const message = (id: string, state: string) => json({ id, state, next_at: null, message: `${id} ${state}`, provider_id: '' })
let polls: (() => Promise<Response>)[] = []

beforeAll(() => setLocale('en'))
beforeEach(() => {
  polls = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('fetch', (request: Request) => (request.method === 'POST' ? Promise.resolve(json({ ids: ['m1'] }, 202)) : polls.shift()!()))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function tried() {
  const shown = mount(ChannelTry, { props: { modelValue: false, channel: { id: 'c1', name: 'Mail', kind: 'email' } as Channel }, global: { plugins: [i18n], stubs: { teleport: true, transition: true } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  await shown.get('input[data-test=try-to]').setValue('a@example.com')
  await shown.get('[data-test=try-send]').trigger('click')
  await flushPromises()
  return { shown, busy: () => shown.get('[data-test=try-send]').classes().includes('is-loading') }
}

it('follows the message to its end', async () => {
  polls = [() => Promise.resolve(message('m1', 'sending')), () => Promise.resolve(message('m1', 'sent'))]
  const { shown, busy } = await tried()
  expect(busy()).toBe(true)
  vi.advanceTimersByTime(700)
  await flushPromises()
  expect([busy(), shown.get('[data-test=try-result]').text()]).toEqual([false, expect.stringContaining('m1 sent')])
})

it('says when it cannot be followed, and can be tried again', async () => {
  polls = [() => Promise.resolve(message('m1', 'sending')), () => Promise.reject(new TypeError('offline'))]
  const { shown, busy } = await tried()
  vi.advanceTimersByTime(700)
  await flushPromises()
  expect([busy(), shown.find('[role=alert]').exists()]).toEqual([false, true])
})

it('shows nothing of a message of before when it is opened again', async () => {
  let late: (answer: Response) => void = () => undefined
  polls = [() => new Promise((resolve) => (late = resolve))]
  const { shown, busy } = await tried()
  await shown.setProps({ modelValue: false })
  await shown.setProps({ modelValue: true, channel: { id: 'c2', name: 'SMS', kind: 'sms' } as Channel })
  late(message('m1', 'sending'))
  await flushPromises()
  expect([busy(), shown.find('[data-test=try-result]').exists()]).toEqual([false, false])
})
