import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import type { AgentService } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import ServiceForm from './ServiceForm.vue'

const ENGLISH = '01930000-0000-7000-8000-000000000001'
const sent: { method: string; match: string | null; body: AgentService }[] = []
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const page = (items: unknown[]) => json({ items, total: items.length, page: 1, page_size: 200 })
const kept = {
  id: 's1', name: 'Sales', members: { teams: [], users: [], skills: [{ skill: ENGLISH, level: 4 }] }, priority: 5, strategy: 'ring_all', status: 'active', version: 3, waiting: {},
  matching: { rings: [{ after_seconds: 0, needs: [{ skill: ENGLISH, level: 7 }] }, { after_seconds: 45, needs: [] }], ageing_seconds: 30 },
}

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    if (request.method !== 'GET') {
      sent.push({ method: request.method, match: request.headers.get('If-Match'), body: await request.json() as never })
      return json(kept)
    }
    if (path === '/skills') return page([{ id: ENGLISH, name: 'English' }])
    return path === '/objects' ? json([]) : page([])
  })
})
afterEach(() => vi.unstubAllGlobals())

/** The table hands out its rows as proxies. */
async function opened() {
  const shown = mount(ServiceForm, { props: { modelValue: false, service: reactive(kept) as unknown as AgentService }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true, ElSelect: true } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  return shown
}

it('says who may take the calls as one would say it', async () => {
  const shown = await opened()
  expect(shown.get('[data-test="matching-words"]').text()).toBe('at once: English from 7; after 45 s: any member')
})

it('saves how callers are matched as it was read, and what was changed of it', async () => {
  const shown = await opened()
  await shown.get('[data-test="matching-ring-1-remove"]').trigger('click')
  await shown.get('[data-test="drawer-save"]').trigger('click')
  await flushPromises()
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ method: 'PATCH', match: '"3"' })
  expect(sent[0]?.body.members.skills).toEqual(kept.members.skills)
  expect(sent[0]?.body.matching).toMatchObject({ rings: kept.matching.rings.slice(0, 1), ageing_seconds: 30, field: null })
})
