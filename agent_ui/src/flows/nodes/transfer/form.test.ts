import { mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import { choices, flow } from '../../composables/testing'
import type { Editing } from '../../composables/useFlow'
import type { Transfer } from '../settings'
import form from './form.vue'

beforeAll(() => setLocale('en'))
const editing = { design: { doc: flow(), nameOf: (id: string) => id, choices: { ...choices, list: () => ({}), routings: () => [] } }, node: 'agents' } as unknown as Editing
const shown = (settings: Transfer) => mount(form, { props: { id: 'agents', settings, editing }, global: { plugins: [i18n], stubs: { ElSelect: true, ServiceSelect: true } } })
const NUMBER: Transfer = { kind: 'number', target: '13800000009' }

it('says how many calls may be with a number at once, and no limit where nothing is entered', async () => {
  const mounted = shown(NUMBER)
  const most = mounted.getComponent({ name: 'ElInputNumber' })
  expect(most.props()).toMatchObject({ modelValue: undefined, min: 1, max: 200 })
  most.vm.$emit('update:modelValue', 2)
  await mounted.setProps({ settings: { ...NUMBER, at_once: 2 } })
  most.vm.$emit('update:modelValue', undefined)
  expect(mounted.emitted<[Transfer]>('change')?.map(([settings]) => settings)).toEqual([{ ...NUMBER, at_once: 2 }, { ...NUMBER, at_once: null }])
})

it('asks for no limit where the caller stays in the house, nor keeps one for it', async () => {
  const mounted = shown({ ...NUMBER, at_once: 2 })
  mounted.getComponent({ name: 'ElSelect' }).vm.$emit('update:modelValue', 'service')
  const [settings] = mounted.emitted<[Transfer]>('change')![0]!
  expect(settings).toEqual({ kind: 'service', target: '' })
  await mounted.setProps({ settings })
  expect(mounted.findComponent({ name: 'ElInputNumber' }).exists()).toBe(false)
})
