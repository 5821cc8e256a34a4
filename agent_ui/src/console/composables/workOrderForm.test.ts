import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import type { DataRecord, Definition } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { readLocal } from './drafts'
import { createWorkOrderForm } from './workOrderForm'

const definition = {
  identifier: 'work_order', kind: 'work_order', name: {}, key_field: 'number', title_field: 'x', version: 1, groups: [], fields: [field({ key: 'description' }), field({ key: 'owner', access: 'read', required: true }), field({ key: 'cost', access: 'mask' })],
  list: { columns: [], sort: '' }, links: {}, log_tab: true, duplicates: [], permissions: { create: true, read: true, edit: true, delete: false, export: false, import: false },
} satisfies Definition
const fetching = vi.fn<(request: Request) => Promise<Response>>()
let scope = effectScope(true)
const open = (existing: DataRecord | null = null) => {
  const form = createWorkOrderForm(scope, { draftKey: 'work-order:1', owner: '8001', callId: () => null, customerId: () => null, attemptId: () => null, around: () => ({ role: 'agent', userId: 'u1', today: '2026-11-27' }) })
  form.open(definition, existing, null)
  return form
}
const record = (may: DataRecord['may']): DataRecord => ({
  id: '7', object: 'work_order', key: null, title: null, version: 1, values: { description: '漏水', owner: '王芳', cost: '***' }, display: {}, masked: ['cost'], may, call_id: null, created_at: '', updated_at: '', created_by: null, updated_by: null,
})
const sent = async () => Promise.all(fetching.mock.calls.map(async ([request]) => [request.method, request.method === 'DELETE' ? null : (await request.clone().json()).values]))
const leave = () => window.dispatchEvent(new Event('pagehide'))
const stored = () => readLocal('8001', 'work-order:1')?.body.values.description

beforeEach(() => {
  scope = effectScope(true)
  localStorage.clear()
  fetching.mockReset().mockImplementation(() => Promise.resolve(new Response('{}', { status: 200, headers: { 'Content-Type': 'application/json' } })))
  vi.stubGlobal('fetch', fetching)
  vi.useFakeTimers()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('keeps what was typed in the last moment before the page goes, here and on the server', async () => {
  open().values.description = '热水器漏水'
  expect(stored()).toBeUndefined()
  leave()
  expect(stored()).toBe('热水器漏水')
  await vi.waitFor(() => expect(fetching).toHaveBeenCalledOnce())
  const request = fetching.mock.calls[0]?.[0] as Request
  expect([request.method, new URL(request.url).pathname, request.keepalive]).toEqual(['PUT', '/api/v1/drafts/work-order%3A1', true])
  expect((await request.json()).payload.values.description).toBe('热水器漏水')
})

it('has nothing to say when all of it is on the server already', async () => {
  open().values.description = '热水器漏水'
  await vi.advanceTimersByTimeAsync(1500)
  expect(fetching).toHaveBeenCalledOnce()
  leave()
  await vi.advanceTimersByTimeAsync(100)
  expect(fetching).toHaveBeenCalledOnce()
})

it('sends only what one may write, and requires nothing else', async () => {
  const form = open()
  form.values.description = '热水器漏水'
  expect(await form.save()).toBe(true)
  expect((await sent())[0]).toEqual(['POST', { description: '热水器漏水' }])
})

it('leaves a work order alone that one may only read', async () => {
  const form = open(record({ edit: false, delete: false }))
  expect(form.locked).toBe(true)
  expect(await form.save()).toBe(true)
  expect((await sent()).map(([method]) => method)).toEqual(['DELETE'])
})
