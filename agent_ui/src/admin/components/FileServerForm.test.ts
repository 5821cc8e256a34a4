import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { FileServer } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import FileServerForm from './FileServerForm.vue'

const sent: { method: string; body: Record<string, unknown> }[] = []
const server: FileServer = { id: 'a', name: 'bank', kind: 'sftp', host: 'files.example.com', port: 22, user: 'orders', folder: '/in', host_key: 'ssh-ed25519 AAAA', version: 3, changed_at: '2026-11-29T08:00:00Z', changed_by: null }

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ method: request.method, body: await request.json() })
    return new Response(JSON.stringify(server), { status: request.method === 'POST' ? 201 : 200, headers: { 'Content-Type': 'application/json' } })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function shown(of: FileServer | null) {
  const form = mount(FileServerForm, { props: { modelValue: false, server: of }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true } } })
  await form.setProps({ modelValue: true })
  await flushPromises()
  return form
}
const save = async (form: Awaited<ReturnType<typeof shown>>) => {
  await form.find('[data-test=drawer-save]').trigger('click')
  await flushPromises()
}

it('sends a new server whole', async () => {
  const form = await shown(null)
  for (const [name, text] of Object.entries({ name: 'bank', host: ' files.example.com ', user: 'orders', secret: 's3cret', folder: '/in' })) await form.find(`input[data-test=server-${name}]`).setValue(text)
  await save(form)
  expect(sent).toEqual([{ method: 'POST', body: { name: 'bank', kind: 'sftp', host: 'files.example.com', port: 22, user: 'orders', secret: 's3cret', folder: '/in', host_key: '' } }])
})

it('leaves a secret alone that is not given anew, and keeps the host key', async () => {
  const form = await shown(server)
  await form.find('input[data-test=server-folder]').setValue('/out')
  await save(form)
  expect(sent).toEqual([{ method: 'PATCH', body: { kind: 'sftp', host: 'files.example.com', port: 22, user: 'orders', folder: '/out', host_key: 'ssh-ed25519 AAAA' } }])
})

it('does not take the host key along to another host', async () => {
  const form = await shown(server)
  await form.find('input[data-test=server-host]').setValue('other.example.com')
  expect(form.find('input[data-test=server-secret]').attributes('placeholder')).toBe('Another place: give it again')
  await form.find('input[data-test=server-secret]').setValue('anew')
  await save(form)
  expect(sent[0]?.body).not.toHaveProperty('host_key')
})
