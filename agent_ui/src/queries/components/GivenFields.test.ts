import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import ButtonParameters from './look/ButtonParameters.vue'
import GivenFields from './GivenFields.vue'

const label = (text: string) => ({ 'zh-CN': text, en: text })
const asked = { key: 'level', label: label('Level'), type: 'text', object: null, field: null, operator: 'eq', default: [], problem: null, required: false } as const
const ready = (key: string, parameters: unknown[]) => new Response(JSON.stringify({ key, parameters }), { headers: { 'Content-Type': 'application/json' } })
const failed = () => new Response(JSON.stringify({ error: { code: 'failed', message: 'no luck' } }), { status: 500, headers: { 'Content-Type': 'application/json' } })
let answers: ((response: Response) => void)[] = []
const answer = async (response: Response) => {
  await flushPromises()
  answers.pop()!(response)
  await flushPromises()
}
const global = { plugins: [i18n, createPinia()], stubs: { ElSelect: true } }

beforeAll(() => setLocale('en'))
afterEach(() => vi.unstubAllGlobals())
function waiting(): void {
  answers = []
  vi.stubGlobal('fetch', () => new Promise<Response>((done) => answers.push(done)))
}

it('says that nothing is asked for only when it is known', async () => {
  waiting()
  const shown = mount(GivenFields, { props: { code: 'a', modelValue: {} }, global })
  await flushPromises()
  expect(shown.text()).not.toContain('asks for nothing')
  await answer(failed())
  expect(shown.get('[role=alert]').text()).toContain('no luck')
  await shown.get('[role=alert] button').trigger('click')
  await answer(ready('a', []))
  expect([shown.find('[role=alert]').exists(), shown.text()]).toEqual([false, i18n.global.t('queries.nothingAsked')])
})
it('asks nobody for what is known', async () => {
  waiting()
  const shown = mount(GivenFields, { props: { code: 'a', modelValue: {}, parameters: [{ ...asked, default: [] }] }, global })
  await flushPromises()
  expect([answers.length, shown.text()]).toEqual([0, 'Level'])
})
it('fills in for a button what the list asks for that is chosen now', async () => {
  waiting()
  const shown = mount(ButtonParameters, { props: { query: 'a', parameters: {}, columns: [] }, global })
  await answer(ready('a', [asked]))
  expect(shown.text()).toBe('Level')
  await shown.setProps({ query: 'b' })
  expect(shown.text()).toBe('')
  await answer(failed())
  expect(shown.get('[role=alert]').text()).toContain('no luck')
})
