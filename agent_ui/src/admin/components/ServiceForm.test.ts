import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { reactive } from 'vue'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { AgentService } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import { blankWaiting, waitingOf } from '../composables/waiting'
import ServiceForm from './ServiceForm.vue'

const sent: { method: string; body: { name: string; waiting: ReturnType<typeof waitingOf> } }[] = []
const json = (body: unknown) => new Response(JSON.stringify(body), { status: 200, headers: { 'Content-Type': 'application/json' } })
const kept = {
  id: 's1', name: 'Sales', version: 2, status: 'active', members: { teams: ['t1'], users: [] }, priority: 5, ring_seconds: 20, wrap_up_seconds: 30, max_wait_seconds: 300, queue_capacity: 50, level_percent: 80, level_seconds: 20,
  short_call_seconds: 5, missed_policy: 'not_ready', music: 'default', announce_position: true, work_order_object: 'work_order', strategy: 'longest_idle', waiting: { ...waitingOf(blankWaiting()), agent_number: true },
} as unknown as AgentService

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method !== 'GET') {
      sent.push({ method: request.method, body: await request.json() as never })
      return json(kept)
    }
    return request.url.includes('/objects') ? json([]) : json({ items: [], total: 0, page: 1, page_size: 200 })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened(service: AgentService | null) {
  const stubs = { DrawerForm: { props: ['save'], template: '<form @submit.prevent="save()"><slot :errors="{}" /></form>' } }
  const shown = mount(ServiceForm, { props: { service, modelValue: false }, global: { plugins: [i18n, createPinia()], stubs } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  return shown
}

it('edits a row that a table hands out, and sends back what was said to those who wait', async () => {
  const shown = await opened(reactive(kept))
  await shown.get('form').trigger('submit')
  await flushPromises()
  expect(sent[0]).toMatchObject({ method: 'PATCH', body: { name: 'Sales', waiting: { agent_number: true, survey: { when: 'never' } } } })
})

it('begins a new service in silence', async () => {
  const shown = await opened(null)
  await shown.get('[data-test="service-name"]').setValue('New')
  await shown.get('form').trigger('submit')
  await flushPromises()
  expect(sent[0]).toMatchObject({ method: 'POST', body: { name: 'New', waiting: { agent_number: false, overflow: { full: null } } } })
})
