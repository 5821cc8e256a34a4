import { flushPromises, mount } from '@vue/test-utils'
import { ElCheckbox } from 'element-plus'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Enterprise } from '@/shared/api'
import type DrawerForm from '@/shared/components/DrawerForm.vue'
import LoadingBars from '@/shared/components/LoadingBars.vue'
import { i18n } from '@/shared/i18n'
import EnterpriseForm from './EnterpriseForm.vue'

const label = { 'zh-CN': '外呼', en: 'Calls out' }
const outbound = { id: 'o', key: 'outbound', kind: 'switch', label, default: true, sort: 1, active: true, version: 1 }
const enterprise = { id: 'e', code: '100001', name: '海蓝', display_number: null, area_code: '021', time_zone: 'Asia/Shanghai', options: { outbound: true }, version: 3 } as unknown as Enterprise
let answerOptions: () => void
let sent: unknown[] = []
const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })
const page = (items: unknown[]) => json({ items, total: items.length, page: 1, page_size: 200 })

beforeEach(() => {
  sent = []
  const options = new Promise<Response>((resolve) => (answerOptions = () => resolve(page([outbound]))))
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'PATCH') {
      sent.push(await request.json())
      return json(enterprise)
    }
    if (request.url.includes('/operator/options')) return (await options).clone()
    return request.url.endsWith('/sets') ? json([]) : page([])
  })
})
afterEach(() => vi.unstubAllGlobals())

/** The drawer itself lies elsewhere in the page. */
const Drawer = { props: ['save'], template: '<div><slot :errors="{}" /></div>' }
async function opened() {
  const form = mount(EnterpriseForm, { props: { enterprise, modelValue: false }, global: { plugins: [i18n], stubs: { DrawerForm: Drawer } } })
  await form.setProps({ modelValue: true })
  await flushPromises()
  return form
}
const save = (form: Awaited<ReturnType<typeof opened>>) => (form.getComponent(Drawer).props('save') as InstanceType<typeof DrawerForm>['$props']['save'])()

it('shows no options before they are loaded, and saves none', async () => {
  const form = await opened()
  expect(form.findComponent(LoadingBars).exists()).toBe(true)
  expect(form.findComponent(ElCheckbox).exists()).toBe(false)
  await save(form)
  expect(sent).toEqual([expect.objectContaining({ name: '海蓝', options: {} })])
})

it('saves the options that were set, and leaves the others as they are', async () => {
  const form = await opened()
  answerOptions()
  await flushPromises()
  const box = form.getComponent(ElCheckbox)
  expect(box.props('modelValue')).toBe(true)
  await save(form)
  box.vm.$emit('change', false)
  await flushPromises()
  expect(box.props('modelValue')).toBe(false)
  await save(form)
  expect(sent.map((body) => (body as { options: unknown }).options)).toEqual([{}, { outbound: false }])
})
