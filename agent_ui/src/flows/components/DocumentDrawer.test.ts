import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import DocumentDrawer from './DocumentDrawer.vue'

const DOCUMENT = {
  id: 'd', name: 'main', version: 5, number: 2, file: 'main.vxml', size: 2048, vxml: '2.1', title: 'Order hotline', languages: ['zh-CN', 'en'], forms: 2, menus: 1, computed: 3,
  loose: ['#nowhere'], used_by: [], addresses: ['https://erp.example.com/order'], plays: 2, missing: 1,
  sounds: [{ address: 'a/known.wav', found: true }, { address: 'gone.wav', found: false }],
}
const VERSIONS = [2, 1].map((number) => ({ number, file: `v${number}.vxml`, size: 100, made_at: '2026-11-24T08:00:00Z', made_by: '李娜', in_force: number === 2 }))
const sent: string[] = []
let agrees = true
let fails = false
vi.mock('@/shared/confirm', async (actual) => ({ ...(await actual<object>()), say: () => undefined, confirmAct: () => Promise.resolve(agrees) }))
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  agrees = true
  fails = false
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    if (fails) return json({ error: { code: 'unavailable', message: 'The database is away', details: {}, fields: {} } }, 503)
    if (request.method === 'GET') return json(pathname.endsWith('/versions') ? VERSIONS : DOCUMENT)
    sent.push(`${request.method} ${pathname.replace('/api/v1/ivr-documents', '')}${search} ${request.headers.get('If-Match')}`)
    return json({ ...DOCUMENT, number: 3 }, 201)
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened() {
  const shown = mount(DocumentDrawer, { props: { id: 'd' }, global: { plugins: [i18n], stubs: { ElDrawer: { template: '<div><slot /></div>' }, RouterLink: { template: '<a><slot /></a>' } } } })
  await flushPromises()
  await vi.waitFor(() => expect(shown.text()).not.toBe(''))
  return shown
}

it('tells the sounds that are missing first', async () => {
  const rows = (await opened()).findAll('[data-test=document-sounds] li').map((one) => one.text())
  expect(rows).toEqual(['gone.wavMissing', 'a/known.wavAmong the prompts'])
})
it('tells the dialogs that it leads to and that are not there', async () => {
  expect((await opened()).get('[data-test=document-loose]').text()).toContain('#nowhere')
})
it('offers each version as it came, and to bring back those that are not in force', async () => {
  const shown = await opened()
  const addresses = shown.findAll('[data-test=document-download]').map((one) => one.attributes('href'))
  expect(addresses).toEqual([2, 1].map((number) => `/api/v1/ivr-documents/d/versions/${number}/content`))
  expect(shown.get('[data-test=document-version-2]').text()).toContain('In force')
  await shown.get('[data-test=document-version-1] [data-test=document-back]').trigger('click')
  await vi.waitFor(() => expect(sent).toEqual(['POST /d/versions/1/roll-back "5"']))
  await vi.waitFor(() => expect(shown.emitted('changed')).toHaveLength(1))
})
it('brings nothing back, where the answer is no', async () => {
  agrees = false
  await (await opened()).get('[data-test=document-back]').trigger('click')
  await flushPromises()
  expect(sent).toEqual([])
})
it('takes what is dropped for the next version', async () => {
  const shown = await opened()
  await shown.get('[data-test=document]').trigger('drop', { dataTransfer: { files: [new File(['<vxml/>'], 'next.vxml')] } })
  await vi.waitFor(() => expect(sent).toEqual(['POST /d/versions?file=next.vxml "5"']))
  await vi.waitFor(() => expect(shown.emitted('changed')).toHaveLength(1))
})
it('says what went wrong where it cannot be read, and reads it once more', async () => {
  fails = true
  const shown = await opened()
  expect(shown.get('[role=alert]').text()).toContain('The database is away')
  fails = false
  await shown.get('[role=alert] button').trigger('click')
  await vi.waitFor(() => expect(shown.find('[data-test=document-sounds]').exists()).toBe(true))
})
