import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { i18n } from '@/shared/i18n'
import Facts from './Facts.vue'

const requests: Request[] = []
beforeEach(() => {
  requests.length = 0
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.stubGlobal('fetch', (request: Request) => new Promise((_, reject) => {
    requests.push(request)
    request.signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
  }))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('waits for a slow answer, and does not ask over it', async () => {
  const shown = mount(Facts, { global: { plugins: [i18n], stubs: { PageHead: true } } })
  await flushPromises()
  vi.advanceTimersByTime(10_000)
  await flushPromises()
  expect([requests.length, requests[0]!.signal.aborted]).toEqual([1, false])
  shown.unmount()
})
