import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { FileServer } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import FileServerTry from './FileServerTry.vue'

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })
const server = (id: string): FileServer => ({ id, name: id, kind: 'sftp', host: 'files.example.com', port: 22, user: 'orders', folder: '/in', host_key: '', version: 3, changed_at: '2026-11-29T08:00:00Z', changed_by: null })
let accepted: (response: Response) => void
let tries: string[] = []

beforeAll(() => setLocale('en'))
beforeEach(() => {
  tries = []
  vi.stubGlobal('fetch', (request: Request) => {
    if (request.method === 'PATCH') return new Promise<Response>((done) => (accepted = done))
    tries.push(new URL(request.url).pathname.split('/').at(-2) ?? '')
    return Promise.resolve(json({ ok: false, message: 'another key', host_key: 'ssh-ed25519 AAAA' }))
  })
})
afterEach(() => vi.unstubAllGlobals())

it('keeps to the server that is shown, though another\'s key is accepted meanwhile', async () => {
  const shown = mount(FileServerTry, { props: { modelValue: false, server: server('one') }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true } } })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  await shown.get('[data-test=server-accept]').trigger('click')
  await shown.setProps({ modelValue: false })
  await shown.setProps({ modelValue: true, server: server('two') })
  await flushPromises()
  accepted(json({ ...server('one'), host_key: 'ssh-ed25519 AAAA' }))
  await flushPromises()
  expect([tries, shown.get('[data-test=server-tried]').text(), shown.emitted('changed')?.length]).toEqual([['one', 'two'], expect.stringContaining('two'), 1])
})
