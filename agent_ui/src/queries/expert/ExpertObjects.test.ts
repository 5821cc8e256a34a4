import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { i18n } from '@/shared/i18n'
import ExpertObjects from './ExpertObjects.vue'

const label = { 'zh-CN': '某', en: 'Some' }
const ready = (key: string, kind: 'column' | 'condition', content: object) => ({ key, kind, name: label, content, own: false, version: 1 })
const library = {
  column: [ready('by_month', 'column', { types: ['datetime'], by: 'month' }), ready('day', 'column', { types: ['datetime'], format: 'date' }), ready('share', 'column', { expression: 'a / b' }), ready('yes', 'column', { types: ['text'] })],
  condition: [ready('today', 'condition', { types: ['datetime'], operator: 'eq', value: ['$today'] })],
}
const opened = { key: 'opened', label, type: 'datetime' }
const objects = [{ identifier: 'job', name: label, fields: [{ key: 'id', label: {}, type: 'id' }, opened] }]
const show = async (own: boolean) => {
  const page = mount(ExpertObjects, { props: { objects, own }, global: { plugins: [i18n] } })
  await page.find('[data-test=expert-object-job]').trigger('click')
  await page.find('[data-test=expert-ready-job-opened]').trigger('click')
  await flushPromises()
  return page
}
const offered = (page: Awaited<ReturnType<typeof show>>) => page.findAll('[data-test^=ready-]').map((one) => one.attributes('data-test'))

beforeEach(() => vi.stubGlobal('fetch', async ({ url }: Request) => new Response(JSON.stringify(library[new URL(url).searchParams.get('kind') as 'column' | 'condition']), { headers: { 'Content-Type': 'application/json' } })))
afterEach(() => vi.unstubAllGlobals())

it('offers what is ready for a field, and says of which it was chosen', async () => {
  const page = await show(true)
  expect(offered(page)).toEqual(['ready-by_month', 'ready-day', 'ready-today'])
  expect(page.find('[data-test=expert-ready-job-id]').exists()).toBe(false)
  await page.find('[data-test=ready-today]').trigger('click')
  expect(page.emitted('ready')).toEqual([[library.condition[0], 'job', opened]])
})
it('offers no steps of days where somebody else’s database is asked', async () => {
  expect(offered(await show(false))).toEqual(['ready-day', 'ready-today'])
})
