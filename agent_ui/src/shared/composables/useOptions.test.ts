import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { MOST, nameIn, useOptions, useWhole } from './useOptions'

const SEATS = Array.from({ length: 500 }, (_, n) => ({ id: `u${n}`, name: `Seat ${n}`, employee_code: String(8000 + n), role: n % 50 ? 'agent' : 'leader' }))
let there = SEATS
let asked: URLSearchParams[] = []

beforeEach(() => {
  there = SEATS
  asked = []
  vi.stubGlobal('fetch', (request: Request) => {
    const query = new URL(request.url).searchParams
    asked.push(query)
    const found = there.filter((one) => one.employee_code.includes(query.get('q') ?? '') && (!query.get('role') || one.role === query.get('role')))
    const page = Number(query.get('page') ?? 1)
    const body = { items: found.slice((page - 1) * MOST, page * MOST), total: found.length, page, page_size: MOST }
    return Promise.resolve(new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } }))
  })
})
afterEach(() => vi.unstubAllGlobals())

it('reads one page at once, and what is missing when it is wanted, once', async () => {
  const seats = useOptions('/seats')
  await flushPromises()
  expect([seats.items.value.length, seats.whole.value, asked.length]).toEqual([MOST, false, 1])
  await Promise.all([seats.rest(), seats.rest()])
  expect(seats.items.value.map((one) => one.id)).toEqual(SEATS.map((one) => one.id))
  expect([seats.whole.value, asked.length]).toEqual([true, 3])
  await seats.rest()
  expect(asked).toHaveLength(3)
})

it('finds on the server who is not on the first page, and knows them from then on', async () => {
  const seats = useOptions('/seats')
  await flushPromises()
  expect((await seats.find('8499')).map((one) => one.id)).toEqual(['u499'])
  expect(seats.items.value.at(-1)?.id).toBe('u499')
  await seats.find('8499')
  expect(seats.items.value).toHaveLength(MOST + 1)
  await seats.rest()
  expect(new Set(seats.items.value.map((one) => one.id)).size).toBe(seats.items.value.length)
  expect(seats.items.value).toHaveLength(500)
})

it('asks only for those that are meant: all leaders are on one page', async () => {
  const leaders = useOptions('/seats', { role: 'leader' })
  await flushPromises()
  expect([leaders.items.value.length, leaders.whole.value]).toEqual([10, true])
})

it('says that something is gone only when everything is known', async () => {
  const seats = useOptions('/seats')
  const name = (id: string) => nameIn(seats, id, 'gone')
  expect(name('u499')).toBe('…')
  await flushPromises()
  expect([name('u3'), name('u499'), name('nobody')]).toEqual(['Seat 3', '…', '…'])
  await flushPromises()
  expect([name('u499'), name('nobody')]).toEqual(['Seat 499', 'gone'])
})

it('does not wait for what was deleted while it was read', async () => {
  const seats = useOptions('/seats')
  await flushPromises()
  there = SEATS.slice(0, 450)
  await seats.rest()
  expect([seats.items.value.length, seats.whole.value]).toEqual([450, true])
})

it('reads a list that is shown as a whole to its end', async () => {
  const all = useWhole('/seats')
  await flushPromises()
  await nextTick()
  await flushPromises()
  expect(all.items.value).toHaveLength(500)
})

it('reads all of it again when it is read again', async () => {
  const all = useWhole('/seats')
  await flushPromises()
  there = SEATS.slice(0, 450)
  await all.load()
  expect([all.items.value.length, all.whole.value]).toEqual([450, true])
})

it('keeps what it has when the server cannot be reached', async () => {
  const seats = useOptions('/seats')
  await flushPromises()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')))
  expect(await seats.find('8499')).toEqual([])
  expect(seats.error.value).not.toBeNull()
  expect(seats.items.value).toHaveLength(MOST)
})
