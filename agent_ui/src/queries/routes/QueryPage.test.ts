import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, inject, provide } from 'vue'
import { createRouter, createMemoryHistory, RouterView, type Router } from 'vue-router'
import { i18n, setLocale } from '@/shared/i18n'
import QueryPage from './QueryPage.vue'

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const label = (text: string) => ({ 'zh-CN': text, en: text })
const level = { key: 'level', label: label('Level'), type: 'text', object: null, field: null, operator: 'eq', default: [], problem: null, required: false }
const column = { key: 'name', label: label('Name'), type: 'text', object: null, field: null, format: '', width: 0, align: 'start', mask: false, link: false, sortable: false }
const button = { key: 'go', label: label('Go'), do: 'query', source: '', query: 'b', parameters: { level: 'name' }, column: '' }
const LISTS = {
  a: { parameters: [], buttons: [button] },
  b: { parameters: [level], buttons: [{ ...button, query: 'b' }] },
  broken: { parameters: [{ ...level, problem: 'no such name' }], buttons: [] },
  old: { parameters: [level], buttons: [], first: { id: '1', name: 'mine', first: true, parameters: { gone: ['x'], level: ['silver'] }, sort: '-gone' } },
} as const
/** Element Plus measures a real table. */
const Table = defineComponent({ props: { paging: { type: Object, required: true } }, setup: (props) => void provide('rows', props.paging.items), template: '<div><slot /></div>' })
const Column = { setup: () => ({ rows: inject('rows') }), template: '<div><slot v-for="row in rows" :row="row" /></div>' }
let asked: { key: string; body: { parameters: Record<string, string[]>; sort: string } }[] = []
let files: string[] = []
let router: Router
let shown: ReturnType<typeof mount>

beforeAll(() => setLocale('en'))
beforeEach(async () => {
  ;[asked, files] = [[], []]
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    const [, , key = '', what = '', id = ''] = path.split('/')
    if (what === 'ready') return json({ key, name: label(`List ${key}`), report: null, page_size: 20, pinned: false, first: null, chart: null, ...LISTS[key as keyof typeof LISTS] })
    if (what === 'exports') {
      files.push(`${key}/${id}`)
      return json({ id, name: `${id}.xlsx`, rows: 1 })
    }
    if (what === 'views') return json({ items: [] })
    const body = (await request.json()) as (typeof asked)[number]['body']
    asked.push({ key, body })
    if (body.sort === '-gone') return json({ error: { code: 'invalid', message: 'no', fields: { sort: ['no'] } } }, 422)
    return json({ columns: [column], rows: [{ values: { name: `gold-${key}` }, texts: {}, records: {}, color: '', buttons: ['go'] }], sums: {}, sum_texts: {}, total: { count: 1, exact: true, estimate: null }, fallback: false })
  })
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/queries/:key', component: QueryPage }, { path: '/:rest(.*)*', component: { template: '<i />' } }] })
})
afterEach(() => {
  shown.unmount()
  vi.unstubAllGlobals()
})
async function at(address: string): Promise<void> {
  await router.push(address)
  shown = mount(RouterView, { global: { plugins: [i18n, router, createPinia()], stubs: { PageHead: { props: ['title'], template: '<h1>{{ title }}</h1>' }, DataTable: Table, ElTableColumn: Column, QueryViews: true, QueryExport: true, DeliverForm: true } } })
  await flushPromises()
}
const press = async () => {
  await shown.get('[data-test=query-do-go]').trigger('click')
  await flushPromises()
  await flushPromises()
}

it('goes by a button to the other list, which is filled in with the row', async () => {
  await at('/queries/a')
  await press()
  expect(shown.text()).toContain('List b')
  expect(asked.at(-1)).toMatchObject({ key: 'b', body: { parameters: { level: ['gold-a'] } } })
})
it('goes by a button to itself, filled in otherwise', async () => {
  await at('/queries/b?p.level=silver')
  await press()
  expect(asked.map((one) => one.body.parameters.level)).toEqual([['silver'], ['gold-b']])
})
it('asks the list whose file it is for it, and for each file that the bell leads to', async () => {
  await at('/queries/a?file=one')
  await router.push('/queries/a?file=two')
  await flushPromises()
  await router.push('/queries/b?file=three')
  await flushPromises()
  expect(files).toEqual(['a/one', 'a/two', 'b/three'])
})
it('says why there is nothing to begin with', async () => {
  await at('/queries/broken')
  expect(shown.get('[data-test=query-unready]').text()).toBe('Level: no such name')
})
it('begins without what a kept view says of a parameter and an order that are gone', async () => {
  await at('/queries/old')
  await flushPromises()
  expect(asked.at(-1)?.body).toMatchObject({ parameters: { level: ['silver'] }, sort: '' })
  expect(asked.every((one) => !('gone' in one.body.parameters))).toBe(true)
  expect(shown.text()).toContain('gold-old')
})
