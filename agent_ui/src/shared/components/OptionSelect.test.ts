import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, type Component, type FunctionalComponent } from 'vue'
import { useOptions } from '@/shared/composables/useOptions'
import { i18n, setLocale } from '@/shared/i18n'
import OptionSelect from './OptionSelect.vue'

const TEAMS = Array.from({ length: 320 }, (_, n) => ({ id: `t${n}`, name: `Team ${n}` }))
let asked: string[] = []

beforeAll(() => setLocale('en'))
beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', (request: Request) => {
    const query = new URL(request.url).searchParams
    const q = query.get('q') ?? ''
    asked.push(q)
    const found = TEAMS.filter((one) => one.name.includes(q))
    const page = Number(query.get('page') ?? 1)
    return Promise.resolve(new Response(JSON.stringify({ items: found.slice((page - 1) * 200, page * 200), total: found.length, page, page_size: 200 }), { headers: { 'Content-Type': 'application/json' } }))
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const Select = defineComponent({ name: 'ElSelect', inheritAttrs: false, props: { modelValue: { type: Array, default: () => [] }, remoteMethod: { type: Function, default: undefined }, remote: Boolean }, setup: (_props, { slots }) => () => h('div', slots.default?.()) })
const Option: FunctionalComponent<{ label: string }> = ({ label }) => h('i', label)
Option.props = ['label']

async function opened(chosen: string[]) {
  const list = useOptions('/teams')
  const shown = mount(OptionSelect as Component, { props: { list, name: (one: { name: string }) => one.name, modelValue: chosen }, global: { plugins: [i18n], stubs: { ElSelect: Select, ElOption: Option } } })
  await flushPromises()
  return { list, shown, select: shown.getComponent(Select), labels: () => shown.findAll('i').map((one) => one.text()) }
}

it('asks the server as one types, where the list is longer than a page, and once for what was typed', async () => {
  const { select, labels } = await opened([])
  expect(select.props('remote')).toBe(true)
  for (const typed of ['3', '31', '319']) (select.props('remoteMethod') as (q: string) => void)(typed)
  vi.advanceTimersByTime(200)
  await flushPromises()
  expect(asked).toEqual(['', '319'])
  expect(labels()).toEqual(['Team 319'])
})

it('shows what is chosen by its name, though it is on no page that was read', async () => {
  const { labels } = await opened(['t319'])
  expect(labels()).toContain('Team 319')
  expect(labels()).not.toContain('t319')
})

it('keeps what is chosen among what is found', async () => {
  const { select, labels } = await opened(['t7'])
  ;(select.props('remoteMethod') as (q: string) => void)('319')
  vi.advanceTimersByTime(200)
  await flushPromises()
  expect(labels()).toEqual(['Team 319', 'Team 7'])
})

it('shows what is found for the last that was typed, whichever answer comes first', async () => {
  const { list, select, labels } = await opened([])
  const answers = new Map<string, (found: typeof TEAMS) => void>()
  list.find = ((q: string) => new Promise((resolve) => answers.set(q, resolve))) as never
  for (const typed of ['31', '319']) {
    ;(select.props('remoteMethod') as (q: string) => void)(typed)
    vi.advanceTimersByTime(200)
  }
  answers.get('319')!(TEAMS.slice(319))
  await flushPromises()
  answers.get('31')!(TEAMS.slice(310))
  await flushPromises()
  expect(labels()).toEqual(['Team 319'])
})
