import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import Files from './Files.vue'

const sent: { address: string; end: (error?: Error) => void; cancelled: boolean }[] = []
const asked: string[] = []
let agrees = true
/** Names of what is there. */
let kept: string[] = []
vi.mock('@/shared/records/life/upload', async (actual) => ({
  ...(await actual<object>()),
  send: (address: string) => {
    const one = { address, cancelled: false, end: (_error?: Error) => undefined as void }
    const done = new Promise<void>((resolve, reject) => (one.end = (error) => (error ? reject(error) : resolve())))
    sent.push(one)
    return { done, cancel: () => ((one.cancelled = true), one.end(new DOMException('cancelled', 'AbortError'))) }
  },
}))
vi.mock('@/shared/confirm', async (actual) => ({ ...(await actual<object>()), say: () => undefined, confirmAct: (_title: string, text: string) => Promise.resolve((asked.push(text), agrees)) }))

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = asked.length = 0
  agrees = true
  kept = []
  vi.stubGlobal('fetch', async (request: Request) => new Response(JSON.stringify(request.url.endsWith('/room') ? { files: 0, used: 0, most: 100, largest: 100 } : { items: kept.map((name) => ({ name })), total: kept.length, page: 1, page_size: 20 }), { headers: { 'Content-Type': 'application/json' } }))
})
afterEach(() => vi.unstubAllGlobals())

async function chosen(...names: string[]) {
  const shown = mount(Files, { global: { plugins: [i18n], stubs: { PageHead: { template: '<header><slot /></header>' }, DataTable: true } } })
  await flushPromises()
  const input = shown.get('[data-test=file-input]')
  Object.defineProperty(input.element, 'files', { value: names.map((name) => new File(['x'], name)), configurable: true })
  Object.defineProperty(input.element, 'value', { value: '', writable: true })
  await input.trigger('change')
  await flushPromises()
  return shown
}
/** Until so many are on their way: each is asked for before it is sent. */
const sending = (count: number) => vi.waitFor(() => expect(sent.length).toBe(count))
const there = () => new ApiError(409, 'file-there', 'there')

it('asks before it sends what is there already, and sends it once', async () => {
  kept = ['b.csv', 'a.csv']
  await chosen('a.csv')
  await sending(1)
  expect([asked.length, sent[0]!.address]).toEqual([1, '/files?name=a.csv&replace=true'])
})
it('sends nothing of it, where the answer is no', async () => {
  agrees = false
  kept = ['a.csv']
  await chosen('a.csv', 'b.csv')
  await sending(1)
  expect([asked.length, sent[0]!.address]).toEqual([1, '/files?name=b.csv&replace=false'])
})
it('replaces a file that has come meanwhile only when it was asked', async () => {
  await chosen('a.csv')
  await sending(1)
  expect([sent.map((one) => one.address), asked]).toEqual([['/files?name=a.csv&replace=false'], []])
  sent[0]!.end(there())
  await sending(2)
  expect([asked.length, sent.at(-1)!.address]).toEqual([1, '/files?name=a.csv&replace=true'])
})
it('leaves it, where the answer is no, and goes on with the next', async () => {
  agrees = false
  await chosen('a.csv', 'b.csv')
  await sending(1)
  sent[0]!.end(there())
  await sending(2)
  expect(sent.map((one) => one.address)).toEqual(['/files?name=a.csv&replace=false', '/files?name=b.csv&replace=false'])
})
it('sends nothing more once one has left', async () => {
  const shown = await chosen('a.csv', 'b.csv')
  await sending(1)
  shown.unmount()
  await flushPromises()
  expect([sent.length, sent[0]!.cancelled]).toEqual([1, true])
})
