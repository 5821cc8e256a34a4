import { flushPromises, mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import { choices, flow } from '../../composables/testing'
import type { Editing } from '../../composables/useFlow'
import type { Condition } from '../settings'
import form from './form.vue'

beforeAll(() => setLocale('en'))
const editing = { design: { doc: flow(), nameOf: (id: string) => id, choices }, node: 'known' } as unknown as Editing
const TWO = [{ when: "level == 'gold'", exit: 'gold' }, { when: "level == 'silver'", exit: 'silver' }]

/** As in the designer: what the form says is what it is given next. */
function shown(cases = TWO) {
  const mounted = mount(form, { props: { id: 'known', settings: { cases }, editing, onChange: (settings: Condition) => void mounted.setProps({ settings }) }, global: { plugins: [i18n], stubs: { ElSelect: true, ElAutocomplete: true } } })
  const names = () => mounted.findAll<HTMLInputElement>('input[data-test$="-name"]').map((one) => one.element.value)
  return { mounted, names, told: () => mounted.emitted<[Condition]>('change')?.map(([settings]) => settings.cases.map((one) => one.exit)) ?? [] }
}

it('keeps a row that is half filled with its case when cases change places', async () => {
  const { mounted, names } = shown()
  const rows = () => mounted.findAll('.case').map((one) => one.findAll('.test').length)
  await mounted.get('[data-test="known-case-0-test-add"]').trigger('click')
  expect(rows()).toEqual([2, 1])
  await mounted.get('[data-test="known-case-0"] [aria-label="Later"]').trigger('click')
  await flushPromises()
  expect([names(), rows()]).toEqual([['silver', 'gold'], [1, 2]])
  await mounted.get('input[data-test="known-case-1-name"]').setValue('golden')
  await flushPromises()
  expect([names(), rows()]).toEqual([['silver', 'golden'], [1, 2]])
})

it('gives no case the name of another or of the way that is always there, not even while it is typed', async () => {
  const { mounted, names, told } = shown()
  const second = () => mounted.get('input[data-test="known-case-1-name"]')
  await second().setValue('gold')
  await second().setValue('otherwise')
  await second().setValue('')
  expect([told(), mounted.findAll('[role="alert"]').length]).toEqual([[], 1])
  await second().setValue('gold card')
  await flushPromises()
  expect([told(), names(), mounted.findAll('[role="alert"]').length]).toEqual([[['gold', 'gold card']], ['gold', 'gold card'], 0])
})
