import { flushPromises } from '@vue/test-utils'
import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { shallowReactive } from 'vue'
import type { Room } from '@/shared/realtime/reducer'
import { useJobs } from './useJobs'

const rooms = shallowReactive<Record<string, Room>>({})
vi.mock('@/session/store', () => ({ useSession: () => ({ me: { user: { id: 'me' } } }) }))
vi.mock('@/shared/realtime/store', () => ({ useRealtime: () => ({ rooms }) }))

let pinia: Pinia
const fetching = vi.fn<(request: Request) => Promise<Response>>()
const tell = (state: Record<string, unknown>) => (rooms['user:me'] = { epoch: '1', n: 1, state })
const running = (done: number) => ({ kind: 'records.bulk', state: 'running', done, total: 9 })

beforeEach(() => {
  delete rooms['user:me']
  pinia = createPinia()
  setActivePinia(pinia)
  const page = { items: [{ id: 'j', what: 'edit', state: 'running', done: 0, total: 9 }], total: 1, page: 1, page_size: 20 }
  fetching.mockReset().mockImplementation(() => Promise.resolve(new Response(JSON.stringify(page), { headers: { 'Content-Type': 'application/json' } })))
  vi.stubGlobal('fetch', fetching)
})
afterEach(() => {
  disposePinia(pinia)
  vi.unstubAllGlobals()
})

it('counts what is under way without asking for a list', async () => {
  const jobs = useJobs()
  tell({ 'job:j': running(1), 'job:k': { ...running(9), state: 'done' } })
  await flushPromises()
  expect(jobs.running).toBe(1)
  expect(fetching).not.toHaveBeenCalled()
})

it('follows progress by itself, and asks again only when something began or ended', async () => {
  const jobs = useJobs()
  tell({ 'job:j': running(1) })
  await flushPromises()
  jobs.watched = true
  await jobs.open()
  tell({ 'job:j': running(5) })
  await flushPromises()
  expect(jobs.items[0]?.done).toBe(5)
  expect(fetching).toHaveBeenCalledTimes(1)
  tell({ 'job:j': { ...running(9), state: 'done' } })
  await flushPromises()
  expect(fetching).toHaveBeenCalledTimes(2)
})

it('reads nothing for whoever does not look', async () => {
  useJobs()
  tell({ 'job:j': running(1) })
  await flushPromises()
  expect(fetching).not.toHaveBeenCalled()
})
