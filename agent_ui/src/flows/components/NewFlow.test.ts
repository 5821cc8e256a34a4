import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { IvrService } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import NewFlow from './NewFlow.vue'

const READY = { key: 'hotline', name: { 'zh-CN': '客服热线', en: 'Service hotline' }, description: { 'zh-CN': '双语', en: 'In both languages' }, objects: [{ identifier: 'purchase', name: { 'zh-CN': '订单', en: 'Order' }, tells: ['status'] }] }
let sent: unknown[] = []
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent = []
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'POST') {
      sent.push(await request.json())
      return json({ id: 'made' }, 201)
    }
    return request.url.includes('/ready') ? json([READY]) : json({ items: [], total: 0, page: 1, page_size: 200 })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened(from: IvrService | null = null) {
  const shown = mount(NewFlow, { props: { modelValue: false, from, longest: 60 }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true, ElSelect: true } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  return shown
}
const choose = async (shown: Awaited<ReturnType<typeof opened>>, test: string, value: string) => {
  shown.findAllComponents({ name: 'ElSelect' }).find((one) => one.attributes('data-test') === test)?.vm.$emit('update:modelValue', value)
  await flushPromises()
}
const saved = async (shown: Awaited<ReturnType<typeof opened>>) => {
  await shown.get('[data-test="drawer-save"]').trigger('click')
  await flushPromises()
  expect(shown.emitted('made')).toEqual([['made']])
  return sent[0]
}

it('takes the ready-made hotline with two clicks: named, with what callers likely ask after', async () => {
  const shown = await opened()
  await choose(shown, 'flow-new-begins', 'ready:hotline')
  expect(shown.text()).toContain('In both languages')
  expect(await saved(shown)).toEqual({ name: 'Service hotline', copy_of: null, ready: { key: 'hotline', service_id: null, schedule_id: null, object: 'purchase' } })
})

it('takes it with what was chosen, and with nothing to ask after', async () => {
  const shown = await opened()
  await choose(shown, 'flow-new-begins', 'ready:hotline')
  await choose(shown, 'flow-ready-service', 's1')
  await choose(shown, 'flow-ready-object', '-')
  expect(await saved(shown)).toMatchObject({ ready: { service_id: 's1', schedule_id: null, object: '' } })
})

it('copies a flow that it was opened with', async () => {
  const shown = await opened({ id: 'f1', name: 'Night' } as IvrService)
  expect(shown.find('[data-test="flow-ready-service"]').exists()).toBe(false)
  expect(await saved(shown)).toMatchObject({ copy_of: 'f1', ready: null })
})
