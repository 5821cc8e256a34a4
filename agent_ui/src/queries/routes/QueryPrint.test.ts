import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n, setLocale } from '@/shared/i18n'
import QueryPrint from './QueryPrint.vue'

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const label = (text: string) => ({ 'zh-CN': text, en: text })
const WANG = '00000000-0000-4000-8000-000000000001'
const asked = { default: [], problem: null, required: false, object: null, field: null, operator: 'in' }
const parameters = [
  { ...asked, key: 'level', label: label('Level'), type: 'choice', object: 'client', field: 'level' }, { ...asked, key: 'owner', label: label('Owner'), type: 'user', operator: 'eq' },
  { ...asked, key: 'due', label: label('Due'), type: 'date', operator: 'between' }, { ...asked, key: 'open', label: label('Open'), type: 'boolean', operator: 'eq' },
]
const level = { key: 'level', type: 'choice', label: label('Level'), options: [{ value: 'gold', label: label('Gold') }, { value: 'silver', label: label('Silver') }] }
const column = { key: 'name', label: label('Name'), type: 'text', object: null, field: null, format: '', width: 0, align: 'start', mask: false, link: null, sortable: false }
const row = (name: string) => ({ values: { name }, texts: {}, records: {}, color: '', buttons: [] })
const many = Array.from({ length: 200 }, (_, n) => row(`n${n}`))
let broken = { pages: [] as number[], ready: false }
let shown: ReturnType<typeof mount>

beforeAll(() => setLocale('en'))
beforeEach(() => {
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    if (path === '/queries/a/ready') return broken.ready ? json({ error: { code: 'failed', message: 'no' } }, 500) : json({ key: 'a', name: label('Jobs'), report: null, page_size: 20, pinned: false, first: null, chart: null, parameters, buttons: [] })
    if (path === '/directory/users') return json({ items: [{ id: WANG, name: 'Wang', employee_code: '1' }] })
    if (path.startsWith('/objects/client')) return json({ identifier: 'client', fields: [level] })
    const { page } = (await request.json()) as { page: number }
    if (broken.pages.includes(page)) return json({ error: { code: 'failed', message: 'no' } }, 500)
    return json({ columns: [column], rows: page === 1 ? many : [row('last')], sums: {}, sum_texts: {}, total: { count: 201, exact: true, estimate: null }, fallback: false })
  })
})
async function opened(wrong: typeof broken): Promise<void> {
  broken = wrong
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/print/queries/:key', component: QueryPrint }] })
  await router.push(`/print/queries/a?p.level=gold&p.level=silver&p.owner=${WANG}&p.due=$today-7d&p.due=2026-11-29&p.open=true`)
  shown = mount(QueryPrint, { global: { plugins: [i18n, router, createPinia()] } })
  await flushPromises()
  broken = { pages: [], ready: false }
}
const retry = async () => {
  await shown.get('[role=alert] button').trigger('click')
  await flushPromises()
}
afterEach(() => {
  shown.unmount()
  vi.unstubAllGlobals()
})

it('says in words what was asked for', async () => {
  await opened({ pages: [], ready: false })
  expect(shown.get('[data-test=print-asked]').text()).toBe('Level Gold, Silver · Owner Wang · Due 7 days ago – 2026-11-29 · Open Yes')
})
it('has each row once, also when a page failed and was asked for again', async () => {
  await opened({ pages: [2], ready: false })
  await retry()
  expect(shown.findAll('[data-test=print-rows] tbody tr')).toHaveLength(201)
})
it('asks again for what the list is, when that failed', async () => {
  await opened({ pages: [], ready: true })
  await retry()
  expect([shown.get('[data-test=print-title]').text(), shown.find('[role=alert]').exists()]).toEqual(['Jobs', false])
})
