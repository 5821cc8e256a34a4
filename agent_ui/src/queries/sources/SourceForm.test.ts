import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { DataSource } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import SourceForm from './SourceForm.vue'

const source = { id: 's', key: 'shop', name: 'Shop', kind: 'postgresql', host: 'db.example.com', port: 5432, database: 'shop', user: 'reader', tls: 'verified', ca: '', active: true, version: 1 } as unknown as DataSource
let answers: ((works: boolean) => void)[] = []

beforeAll(() => setLocale('en'))
beforeEach(() => {
  answers = []
  vi.stubGlobal('fetch', () => new Promise<Response>((done) => answers.push((works) => done(new Response(JSON.stringify({ works, server: 'PostgreSQL 16', tables: 3, said: '' }), { headers: { 'Content-Type': 'application/json' } })))))
})
afterEach(() => vi.unstubAllGlobals())
async function opened() {
  const shown = mount(SourceForm, { props: { modelValue: false, source }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  await shown.get('[data-test=source-test]').trigger('click')
  await flushPromises()
  return { shown, said: () => shown.find('[data-test=source-tried]').exists() }
}

it('says what came of the test', async () => {
  const { said } = await opened()
  answers[0]!(true)
  await flushPromises()
  expect(said()).toBe(true)
})
it('says nothing of settings that stand here no more', async () => {
  const { shown, said } = await opened()
  await shown.get('input[data-test=source-host]').setValue('other.example.com')
  answers[0]!(true)
  await flushPromises()
  expect([said(), shown.get('[data-test=source-test]').classes().includes('is-loading')]).toEqual([false, false])
})
it('says nothing of what was tried before it was opened again', async () => {
  const { shown, said } = await opened()
  answers[0]!(true)
  await flushPromises()
  await shown.setProps({ modelValue: false })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  expect(said()).toBe(false)
})
it('asks for the password again where another authority is to be believed, and for no authority where none is asked', async () => {
  const { shown } = await opened()
  const hint = () => shown.get('input[data-test=source-password]').attributes('placeholder')
  expect(hint()).toBe('Empty: it stays as it is')
  await shown.get('textarea[data-test=source-ca]').setValue('-----BEGIN CERTIFICATE-----')
  expect(hint()).toBe('Other place or line: give it again')
  await shown.get('[data-test=source-tls-off] input').setValue(true)
  expect(shown.find('textarea[data-test=source-ca]').exists()).toBe(false)
})
