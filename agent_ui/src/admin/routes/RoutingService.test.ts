import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { RoutingRules } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import RoutingService from './RoutingService.vue'

const SALES = '01930000-0000-7000-8000-000000000001'
const sent: { method: string; match: string | null; body: { name: string; document: RoutingRules } }[] = []
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const page = (items: unknown[]) => json({ items, total: items.length, page: 1, page_size: 200 })
const kept = { id: 'r1', name: 'Main line', version: 3, document: { rules: [{ name: 'Withheld', tests: [{ kind: 'withheld' }], target: { kind: 'hang_up' } }], otherwise: { kind: 'agent_service', id: SALES } } }
let answer: () => Response

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    if (request.method !== 'GET') {
      sent.push({ method: request.method, match: request.headers.get('If-Match'), body: await request.json() as never })
      return answer()
    }
    if (path.startsWith('/routing-services/')) return json(kept)
    if (path === '/agent-services') return page([{ id: SALES, name: 'Sales' }])
    return path === '/objects' ? json([]) : page([])
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/admin/routing/:id', component: RoutingService }, { path: '/admin/routing', component: { template: '<i />' } }] })
  await router.push('/admin/routing/r1')
  const stubs = { PageHead: { template: '<header><slot /></header>' }, RouteTester: true, RowMenu: true }
  const shown = mount(RouterView, { global: { plugins: [i18n, router, createPinia()], stubs } })
  await flushPromises()
  return shown
}

it('says in a line what a folded rule asks and where it leads', async () => {
  const shown = await opened()
  expect(shown.get('[data-test="rule-0-words"]').text()).toBe('number withheld→Hang up')
})

it('adds a rule, saves all of them as they were read, and leaves nothing unsaved', async () => {
  answer = () => json({ ...kept, version: 4 })
  const shown = await opened()
  await shown.get('[data-test="rule-add"]').trigger('click')
  await shown.get('[data-test="rule-1-name"]').setValue('Everybody')
  await shown.get('[data-test="rule-1-test-0-remove"]').trigger('click')
  await shown.get('[data-test="routing-save"]').trigger('click')
  await flushPromises()
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ method: 'PATCH', match: '"3"', body: { name: 'Main line' } })
  expect(sent[0]?.body.document.rules.map((rule) => [rule.name, rule.tests?.map((test) => test.kind)])).toEqual([['Withheld', ['withheld']], ['Everybody', []]])
  await shown.get('[data-test="routing-save"]').trigger('click')
  await flushPromises()
  expect(sent[1]?.match).toBe('"4"')
})

it('shows what the server refuses at its row, and opens the rule', async () => {
  answer = () => json({ error: { code: 'invalid', message: 'Please check.', fields: { 'document.rules.0.tests.0.kind': ['Not that.'] } } }, 422)
  const shown = await opened()
  expect(shown.find('[data-test="rule-0-test-0"]').exists()).toBe(false)
  await shown.get('[data-test="routing-save"]').trigger('click')
  await flushPromises()
  expect(shown.get('[data-test="rule-0"]').classes()).toContain('wrong')
  expect(shown.get('[data-test="rule-0-test-0"]').text()).toContain('Not that.')
  expect(shown.get('[data-test="routing-problem"]').text()).toContain('Please check.')
})

it('offers what somebody else has saved meanwhile', async () => {
  answer = () => json({ error: { code: 'stale', message: 'Somebody else has changed this.' } }, 412)
  const shown = await opened()
  await shown.get('[data-test="routing-save"]').trigger('click')
  await flushPromises()
  expect(shown.get('[data-test="routing-problem"]').text()).toContain('Somebody else has changed this.')
  expect(shown.find('[data-test="routing-reload"]').exists()).toBe(true)
})
