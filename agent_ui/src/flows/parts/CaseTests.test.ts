import { mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import { choices, flow } from '../composables/testing'
import type { Editing } from '../composables/useFlow'
import CaseTests from './CaseTests.vue'

beforeAll(() => setLocale('en'))
const editing = { design: { doc: flow(), nameOf: (id: string) => id, choices }, node: 'known' } as unknown as Editing
const form = (when: string) => mount(CaseTests, { props: { id: 'case', when, editing }, global: { plugins: [i18n] } })
const said = (shown: ReturnType<typeof form>) => shown.emitted<[string]>('change')?.map(([when]) => when)

it('writes a condition row by row', async () => {
  const shown = form('code == 1234')
  await shown.get('input[data-test="case-0-value"]').setValue('99')
  await shown.setProps({ when: 'code == 99' })
  expect(said(shown)).toEqual(['code == 99'])
})

it('says nothing of a row that is not filled yet, and keeps it in sight', async () => {
  const shown = form('code == 1234')
  await shown.get('[data-test="case-test-add"]').trigger('click')
  expect([said(shown), shown.findAll('.test').length]).toEqual([undefined, 2])
})

it('shows what is more than rows can say as text', async () => {
  const shown = form('not code == 1')
  const text = shown.get<HTMLTextAreaElement>('textarea[data-test="case-text"]')
  expect(text.element.value).toBe('not code == 1')
  await text.setValue('not code == 2')
  expect(said(shown)).toEqual(['not code == 2'])
})

it('begins a list without an empty text in it, and says nothing of a list that is empty', async () => {
  const shown = form("code == ''")
  shown.getComponent({ name: 'ElSelect' }).vm.$emit('update:modelValue', 'in')
  await shown.vm.$nextTick()
  expect([said(shown), shown.getComponent({ name: 'ElInputTag' }).props('modelValue')]).toEqual([undefined, []])
  shown.getComponent({ name: 'ElInputTag' }).vm.$emit('update:modelValue', ['12'])
  expect(said(shown)).toEqual(['code in (12,)'])
})
