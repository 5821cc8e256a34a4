import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, type FunctionalComponent } from 'vue'
import type { CallingTask } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import TaskForm from './TaskForm.vue'

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })
const seat = (id: string, name: string, role = 'agent', status = 'active') => ({ id, name, employee_code: id, role, status })
const SEATS = [seat('u1', 'Lin'), seat('u2', 'Zhou', 'agent', 'inactive'), seat('u3', 'Shen', 'leader')]
const sent: { agents: string[]; schedule_id: string | null }[] = []

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method !== 'GET') {
      sent.push(await request.json() as never)
      return json({})
    }
    const items = new URL(request.url).pathname.endsWith('/seats') ? SEATS : []
    return json({ items, total: items.length, page: 1, page_size: 200 })
  })
})
afterEach(() => vi.unstubAllGlobals())

const Select = defineComponent({ name: 'ElSelect', setup: (_props, { slots }) => () => h('div', slots.default?.()) })
const Option: FunctionalComponent<{ label: string; disabled?: boolean }> = ({ label, disabled }) => h('i', disabled ? `[${label}]` : label)
Option.props = { label: String, disabled: Boolean }

async function opened(task: Partial<CallingTask> | null = null) {
  const shown = mount(TaskForm, { props: { modelValue: false, task: task as CallingTask | null }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true, ElSelect: Select, ElOption: Option } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  return shown
}

it('leaves it to the server who all agents are', async () => {
  const shown = await opened()
  await shown.get('input[data-test=task-name]').setValue('Renewals')
  await shown.get('textarea[data-test=task-contacts]').setValue('Wang, 13800006207')
  await shown.get('[data-test=drawer-save]').trigger('click')
  await flushPromises()
  expect(sent).toEqual([expect.objectContaining({ agents: [], schedule_id: null })])
})

it('names agents who left, and offers those who are there', async () => {
  const shown = await opened({ id: 't1', name: 'Renewals', agents: ['u2', 'nobody'], ring_seconds: 30, schedule: null, version: 1 })
  const offered = shown.get('[data-test=task-agents]').findAll('i').map((one) => one.text())
  expect(offered).toEqual(['Lin u1', 'Zhou u2', '[(deleted)]'])
})
