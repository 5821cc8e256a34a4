import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import MailFields from './MailFields.vue'

beforeAll(() => setLocale('en'))
beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify([{ key: 'mail', name: 'Mail', kind: 'email' }]), { headers: { 'Content-Type': 'application/json' } }))
})
afterEach(() => vi.unstubAllGlobals())

it('takes addresses as they are typed, needing no key that ends them, and says which of them is wrong', async () => {
  const shown = mount(MailFields, { props: { channel: '', to: ['a@example.com'], errors: {}, 'onUpdate:to': (to: string[]) => void shown.setProps({ to }) }, global: { plugins: [i18n], stubs: { ElSelect: true } } })
  await flushPromises()
  const box = shown.get('textarea')
  expect((box.element as HTMLTextAreaElement).value).toBe('a@example.com')
  await box.setValue('a@example.com; nobody')
  expect([shown.props('to'), (box.element as HTMLTextAreaElement).value]).toEqual([['a@example.com', 'nobody'], 'a@example.com; nobody'])
  await shown.setProps({ errors: { 'parameters.to.1': 'is no address' } })
  // Element Plus waits a moment before it shows what is wrong.
  await vi.waitFor(() => expect(shown.text()).toContain('nobody is no address'))
})
