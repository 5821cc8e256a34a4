import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import type { Message } from '@/shared/api'
import type { Paging } from '@/shared/composables/usePaging'
import { i18n, setLocale } from '@/shared/i18n'
import Messages from './Messages.vue'

vi.mock('vue-router', () => ({ useRouter: () => ({ push: vi.fn() }) }))
let summed: string[] = []
const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  summed = []
  vi.stubGlobal('fetch', (request: Request) => {
    const url = new URL(request.url)
    if (!url.pathname.endsWith('/totals')) return Promise.resolve(json({ items: [], total: 40, page: 1, page_size: 20 }))
    summed.push(url.searchParams.get('state') ?? '')
    return Promise.resolve(json({ parts: 3, cost: '0.15', states: [] }))
  })
})
afterEach(() => vi.unstubAllGlobals())

let paging: Paging<Message, { state?: string }>
const Table = defineComponent({
  props: { paging: { type: Object, required: true } },
  setup(props) {
    paging = props.paging as typeof paging
    return () => h('i')
  },
})
const Drawer = defineComponent({ emits: ['sent'], setup: (_props, { emit }) => () => h('button', { id: 'sent', onClick: () => emit('sent') }) })

it('sums up what is looked for once, and again when that or a message changes, not with each page', async () => {
  const shown = mount(Messages, { global: { plugins: [i18n, createPinia()], stubs: { PageHead: true, DataTable: Table, ElSelect: true, MessageDrawer: true, WriteDrawer: Drawer } } })
  await flushPromises()
  paging.page.value = 2
  await flushPromises()
  paging.sortBy('cost')
  await flushPromises()
  expect(summed).toEqual([''])
  paging.filters.state = 'failed'
  await flushPromises()
  expect(summed).toEqual(['', 'failed'])
  await shown.get('#sent').trigger('click')
  await flushPromises()
  expect(summed).toEqual(['', 'failed', 'failed'])
})
