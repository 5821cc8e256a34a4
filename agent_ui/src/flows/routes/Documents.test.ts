import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import Documents from './Documents.vue'

/** What the page has asked of the server, but for what it only reads. */
const sent: string[] = []
const asked: string[] = []
let agrees = true
/** Names of what is there. */
let kept: string[] = []
let refusal: { status: number; code: string; details?: object } | null = null
vi.mock('@/shared/confirm', async (actual) => ({
  ...(await actual<object>()), say: () => undefined, confirmAct: (_title: string, text: string) => Promise.resolve((asked.push(text), agrees)),
}))
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = asked.length = 0
  agrees = true
  kept = []
  refusal = null
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url)
    if (request.method === 'GET') return json({ items: kept.map((name) => ({ id: name, name, version: 4 })), total: kept.length, page: 1, page_size: 20 })
    sent.push([request.method, pathname.replace('/api/v1/ivr-documents', ''), searchParams.get('name'), searchParams.get('file'), request.headers.get('If-Match'), request.headers.get('Content-Type')].join(' '))
    return refusal ? json({ error: { code: refusal.code, message: 'refused', details: refusal.details ?? {}, fields: {} } }, refusal.status) : json({ id: 'x', name: 'x', number: 2, version: 1 }, 201)
  })
})
afterEach(() => vi.unstubAllGlobals())

const page = () => mount(Documents, { global: { plugins: [i18n], stubs: { RouterLink: true, PageHead: { template: '<header><slot /></header>' }, DataTable: { template: '<div><slot name="tools" /></div>' } } } })
const files = (...names: string[]) => names.map((name) => new File(['<vxml/>'], name)) as unknown as FileList
async function dropped(...names: string[]) {
  const shown = page()
  await flushPromises()
  await shown.trigger('drop', { dataTransfer: { files: files(...names) } })
  await flushPromises()
  return shown
}
const refused = (shown: ReturnType<typeof page>) => shown.findAll('[data-test=document-refused]').map((one) => one.text())

it('says that documents are kept, and that flows lead the calls', () => {
  expect(page().get('[data-test=document-kept]').text()).toContain('Calls are led by flows')
})
it('keeps what is dropped under the name of its file', async () => {
  await dropped('main.vxml', '菜单.xml', 'cafe\u0301.vxml')
  await vi.waitFor(() => expect(sent).toEqual(['POST  main main.vxml  application/octet-stream', 'POST  菜单 菜单.xml  application/octet-stream', 'POST  caf\u00e9 caf\u00e9.vxml  application/octet-stream']))
  expect(asked).toEqual([])
})
it('asks before a file becomes the next version of a document', async () => {
  kept = ['main']
  await dropped('main.vxml')
  await vi.waitFor(() => expect(sent).toEqual(['POST /main/versions  main.vxml "4" application/octet-stream']))
  expect(asked[0]).toContain('“main”')
})
it('sends nothing of it, where the answer is no', async () => {
  kept = ['main']
  agrees = false
  await dropped('main.vxml', 'other.vxml')
  await vi.waitFor(() => expect(sent).toEqual(['POST  other other.vxml  application/octet-stream']))
})
it('tells the reason and the line of what was refused, until it is closed', async () => {
  refusal = { status: 422, code: 'document-refused', details: { why: 'malformed', line: 7, detail: 'tag mismatch' } }
  const shown = await dropped('bad.vxml')
  await vi.waitFor(() => expect(refused(shown)).toEqual(['bad.vxml was not kept · Line 7: It is not well-formed XML: tag mismatch']))
  await shown.get('[data-test=document-refused] .close').trigger('click')
  expect(refused(shown)).toEqual([])
})
it('tells of a file without a line what is wrong with the whole', async () => {
  refusal = { status: 422, code: 'document-refused', details: { why: 'empty', line: 0, detail: '' } }
  const shown = await dropped('empty.vxml')
  await vi.waitFor(() => expect(refused(shown)).toEqual(['empty.vxml was not kept · The file is empty.']))
})
it('does not send what is too large', async () => {
  const shown = page()
  const large = new File([new Uint8Array(1024 * 1024 + 1)], 'large.vxml')
  await shown.trigger('drop', { dataTransfer: { files: [large] } })
  await vi.waitFor(() => expect(refused(shown)[0]).toContain('larger than 1.0 MB'))
  expect(sent).toEqual([])
})
it('takes what is dropped while another is on its way in its turn, and forgets no refusal', async () => {
  refusal = { status: 422, code: 'document-refused', details: { why: 'empty', line: 0, detail: '' } }
  const shown = page()
  await shown.trigger('drop', { dataTransfer: { files: files('first.vxml') } })
  await shown.trigger('drop', { dataTransfer: { files: files('second.vxml') } })
  await vi.waitFor(() => expect(refused(shown)).toEqual(['first', 'second'].map((name) => `${name}.vxml was not kept · The file is empty.`)))
})
it('sends nothing more once one has left', async () => {
  kept = ['main']
  let answer = (_yes: boolean) => undefined as void
  agrees = new Promise<boolean>((resolve) => (answer = resolve)) as unknown as boolean
  const shown = await dropped('main.vxml', 'other.vxml')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  shown.unmount()
  answer(true)
  await flushPromises()
  expect(sent).toEqual([])
})
