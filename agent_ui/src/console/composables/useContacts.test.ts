import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive } from 'vue'
import type { DeskCall } from '@/shared/api'
import { useContacts } from './useContacts'
import { useDrawn } from './useDrawn'

const desk = reactive<{ calls: DeskCall[]; desk: null }>({ calls: [], desk: null })
const phone = reactive<{ call: { callId: string } | null }>({ call: null })
vi.mock('./useDesk', () => ({ useDesk: () => desk }))
vi.mock('@/shared/softphone/store', () => ({ useSoftphone: () => phone }))
vi.mock('@/session/store', () => ({ useSession: () => ({ me: null }) }))
vi.mock('@/shared/composables/painted', () => ({ painted: () => Promise.resolve() }))

const LI = { id: 'li', title: '李娜', key: 'KH1', object: 'customer', values: {}, display: {} }
const answers = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const fetching = vi.fn<(request: Request) => Promise<Response>>()
const asked = () => fetching.mock.calls.map(([request]) => new URL(request.url).pathname.replace('/api/v1/console/pop/', ''))
const offered = (id: string) => ({ id, state: 'offered', number: '13900000000', offered_at: '2026-11-27T02:00:00Z' }) as DeskCall

beforeEach(() => {
  desk.calls = []
  phone.call = null
  setActivePinia(createPinia())
  fetching.mockReset().mockImplementation((request) =>
    Promise.resolve(answers(request.url.endsWith('/caller') ? { customers: [LI], customer_id: 'li' } : { code: 'not_found' }, request.url.endsWith('/caller') ? 200 : 404)),
  )
  vi.stubGlobal('fetch', fetching)
})
afterEach(() => vi.unstubAllGlobals())

it('asks who calls when the phone rings, and not again when the call is on the desk', async () => {
  const contacts = useContacts()
  phone.call = { callId: 'c1' }
  await vi.waitFor(() => expect(asked()).toEqual(['c1/caller']))
  desk.calls = [offered('c1')]
  await vi.waitFor(() => expect(contacts.contacts[0]?.customer?.title).toBe('李娜'))
  expect(asked().filter((path) => path === 'c1/caller')).toHaveLength(1)
})

it('asks again when the phone rang before the server knew the call', async () => {
  fetching.mockImplementationOnce(() => Promise.resolve(answers({ code: 'not_found' }, 404)))
  const contacts = useContacts()
  phone.call = { callId: 'c1' }
  await vi.waitFor(() => expect(asked()).toEqual(['c1/caller']))
  desk.calls = [offered('c1')]
  await vi.waitFor(() => expect(contacts.contacts[0]?.customer?.title).toBe('李娜'))
})

it('shows the rest also when nobody can say who calls', async () => {
  fetching.mockImplementation(() => Promise.resolve(answers({ code: 'not_found' }, 404)))
  const contacts = useContacts()
  desk.calls = [offered('c1')]
  await vi.waitFor(() => expect(contacts.contacts[0]?.error).toBeTruthy())
  expect(contacts.contacts[0]?.shown).toBe(true)
})

it('keeps the contact before until who calls now is on the screen', async () => {
  const contacts = useContacts()
  const scope = effectScope()
  const drawn = scope.run(() => useDrawn())
  const ids = () => drawn?.value.map((contact) => contact?.id ?? 'day')
  desk.calls = [offered('c1')]
  await vi.waitFor(() => expect(ids()).toEqual(['c1']))
  let answer: (response: Response) => void = () => undefined
  const others = fetching.getMockImplementation()!
  fetching.mockImplementation((request) => (request.url.endsWith('c2/caller') ? new Promise((resolve) => (answer = resolve)) : others(request)))
  desk.calls = [offered('c1'), offered('c2')]
  await vi.waitFor(() => expect(ids()).toEqual(['c1', 'c2']))
  answer(answers({ customers: [LI], customer_id: 'li' }))
  await vi.waitFor(() => expect(ids()).toEqual(['c2']))
  contacts.activeId = null
  await nextTick()
  expect(ids()).toEqual(['day'])
  scope.stop()
})
