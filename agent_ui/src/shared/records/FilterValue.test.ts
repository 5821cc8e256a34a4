import { flushPromises, mount } from '@vue/test-utils'
import { ElInput, ElSelect } from 'element-plus'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Field } from '@/shared/api'
import { field, option } from '@/shared/fields/testing'
import Picker from '@/shared/fields/Picker.vue'
import { i18n, setLocale } from '@/shared/i18n'
import FilterValue from './FilterValue.vue'

const ANNA = '01930000-0000-7000-8000-000000000001'
const fetching = vi.fn<(request: Request) => Promise<Response>>()
const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  fetching.mockReset().mockImplementation((request) =>
    Promise.resolve(json(request.url.includes('/records/') ? { title: 'Pump 7' } : { items: [{ id: ANNA, name: 'Anna', employee_code: '8001' }], total: 1, page: 1, page_size: 20 })))
  vi.stubGlobal('fetch', fetching)
})
afterEach(() => vi.unstubAllGlobals())

async function filter(of: Partial<Field>, value?: string, several = false) {
  const shown = mount(FilterValue, { props: { field: field(of), modelValue: value, several }, global: { plugins: [i18n] } })
  await flushPromises()
  return shown
}

it('offers the options of a choice by their names, and several where several are asked for', async () => {
  const shown = await filter({ type: 'choice', options: [option('open', 'Open'), option('shut', 'Shut')] }, 'open', true)
  const select = shown.getComponent(ElSelect)
  expect(select.props()).toMatchObject({ multiple: true, modelValue: ['open'] })
  select.vm.$emit('update:modelValue', ['open', 'shut'])
  expect(shown.emitted('update:modelValue')).toEqual([['open,shut']])
  select.vm.$emit('update:modelValue', [])
  expect(shown.emitted('update:modelValue')?.at(-1)).toEqual([undefined])
})

it('asks yes or no of a yes-or-no field, one of them', async () => {
  const select = (await filter({ type: 'boolean' }, 'true', true)).getComponent(ElSelect)
  expect(select.props()).toMatchObject({ multiple: false, modelValue: 'true' })
})

it.each([
  ['a colleague', { type: 'user' as const }, 'Anna'],
  ['a record', { type: 'reference' as const, reference: { object: 'pump' } }, 'Pump 7'],
])('calls %s that a kept filter names by their name', async (_what, of, name) => {
  expect((await filter(of, ANNA)).getComponent(Picker).props('text')).toBe(name)
})

it('calls whoever looks at the list so, and asks nobody', async () => {
  expect((await filter({ type: 'user' }, '$me')).getComponent(Picker).props('text')).toBe('Me')
  expect(fetching).not.toHaveBeenCalled()
})

it.each([['text', undefined], ['integer', 'decimal'], ['phone', undefined]] as const)('takes a %s as it is typed', async (type, inputmode) => {
  const shown = await filter({ type }, 'x')
  const typed = shown.getComponent(ElInput)
  expect(typed.props()).toMatchObject({ modelValue: 'x', inputmode })
  typed.vm.$emit('update:modelValue', '7')
  typed.vm.$emit('update:modelValue', '')
  expect(shown.emitted('update:modelValue')).toEqual([['7'], [undefined]])
})
