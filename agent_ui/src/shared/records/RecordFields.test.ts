import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import { api, type DataRecord, type Definition, type Values } from '@/shared/api'
import Picker from '@/shared/fields/Picker.vue'
import { field } from '@/shared/fields/testing'
import { i18n } from '@/shared/i18n'
import RecordFields from './RecordFields.vue'

const definition = {
  identifier: 'use', groups: [],
  fields: [
    field({ key: 'part', type: 'reference', reference: { object: 'part' } }),
    field({ key: 'seller', type: 'user', copied: { by: 'part', field: 'owner' } }),
    field({ key: 'place', copied: { by: 'part', field: 'place' } }),
  ],
} as unknown as Definition
const PART = { values: { owner: 'u1', place: '3 号库' }, display: { owner: '林晓彤' }, masked: [] }
const get = vi.spyOn(api, 'get')
beforeEach(() => {
  get.mockReset()
})

function form(values: Values, record: DataRecord | null = null) {
  const shown = mount(RecordFields, { props: { definition, values, record, errors: {} }, global: { plugins: [i18n, createPinia()] } })
  const [part, seller] = shown.findAllComponents(Picker)
  return { shown, choose: (id: string) => part!.vm.$emit('update:modelValue', id), seller: seller! }
}

it('takes over what the chosen record has, by name where it has one', async () => {
  get.mockResolvedValue(PART as never)
  const values: Values = reactive({ part: null, seller: 'u0', place: null })
  const { choose, seller } = form(values)
  choose('p1')
  await flushPromises()
  expect(values).toEqual({ part: 'p1', seller: 'u1', place: '3 号库' })
  expect(seller.props('text')).toBe('林晓彤')
})

it('forgets the name when another record is shown', async () => {
  get.mockResolvedValue(PART as never)
  const values: Values = reactive({ part: null, seller: null, place: null })
  const { shown, choose, seller } = form(values)
  choose('p1')
  await flushPromises()
  await shown.setProps({ record: { display: { seller: '周子墨' }, masked: [], values: {} } as unknown as DataRecord })
  expect(seller.props('text')).toBe('周子墨')
})

it('leaves the form alone when something else was chosen before the answer came', async () => {
  let answer: (part: unknown) => void = () => undefined
  get.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)) as never)
  const values: Values = reactive({ part: null, seller: null, place: null })
  const { choose } = form(values)
  choose('p1')
  values.part = 'p2'
  answer(PART)
  await flushPromises()
  expect(values).toEqual({ part: 'p2', seller: null, place: null })
})
