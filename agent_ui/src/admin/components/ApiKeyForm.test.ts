import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import ApiKeyForm from './ApiKeyForm.vue'

const sent: Record<string, unknown>[] = []
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
let refuses = false

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  refuses = false
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(await request.json())
    const error = { code: 'invalid', message: 'Please check the marked fields.', details: {}, fields: { 'networks.0': ['No network.'] }, request_id: '' }
    return refuses ? json({ error }, 422) : json({ key: 'cck_whole' }, 201)
  })
})
afterEach(() => vi.unstubAllGlobals())

async function filled() {
  const shown = mount(ApiKeyForm, { props: { modelValue: false }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  await shown.find('input[data-test=key-name]').setValue('Website')
  await shown.find('textarea[data-test=key-networks]').setValue('10.0.0.0/8')
  await shown.find('input[value="callbacks.ask"]').setValue(true)
  return shown
}

it('asks for what was chosen and hands on the key, which is shown this once', async () => {
  const shown = await filled()
  await shown.find('[data-test=drawer-save]').trigger('click')
  await flushPromises()
  expect(sent).toEqual([{ name: 'Website', permissions: ['callbacks.ask'], networks: ['10.0.0.0/8'], expires_at: null, per_minute: 120, callbacks_per_day: 500, callbacks_per_number: 3 }])
  expect(shown.emitted('made')).toEqual([['cck_whole']])
})

it('shows limits of callbacks to a key that asks for them alone', async () => {
  const shown = await filled()
  expect(shown.find('[data-test=key-per-number]').exists()).toBe(true)
  await shown.find('input[value="callbacks.ask"]').setValue(false)
  expect(shown.find('[data-test=key-per-number]').exists()).toBe(false)
})

it('says at the networks which of them is none, and keeps what was entered', async () => {
  refuses = true
  const shown = await filled()
  await shown.find('[data-test=drawer-save]').trigger('click')
  await flushPromises()
  await vi.waitFor(() => expect(shown.text()).toContain('No network.'))
  expect(shown.emitted('made')).toBeUndefined()
  expect(shown.find<HTMLInputElement>('input[data-test=key-name]').element.value).toBe('Website')
})
