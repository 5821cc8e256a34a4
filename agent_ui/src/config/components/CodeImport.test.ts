import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { CodeTable } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import CodeImport from './CodeImport.vue'

const table = { key: 'region', name: { 'zh-CN': '片区', en: 'Area' }, version: 1, items: [], used_by: [] } as unknown as CodeTable
const fetching = vi.fn<(request: Request) => Promise<Response>>()
const KILOBYTE = 1024

beforeAll(() => setLocale('en'))
beforeEach(() => {
  const told = { added: ['a'], changed: [], unchanged: 0, problems: [], applied: false }
  fetching.mockReset().mockImplementation(() => Promise.resolve(new Response(JSON.stringify(told), { headers: { 'Content-Type': 'application/json' } })))
  vi.stubGlobal('fetch', fetching)
})
afterEach(() => vi.unstubAllGlobals())

async function brought(bytes: number) {
  const shown = mount(CodeImport, { props: { table, modelValue: true }, global: { plugins: [i18n], stubs: { teleport: true, transition: true } } })
  await flushPromises()
  const input = shown.get('[data-test="codes-file"]')
  Object.defineProperty(input.element, 'files', { value: [new File([new Uint8Array(bytes)], 'areas.csv')] })
  await input.trigger('change')
  await vi.waitFor(() => expect(shown.find('[data-test="codes-too-large"]').exists() || fetching.mock.calls.length > 0).toBe(true))
  return shown
}

it('a file that no request has room for is refused before it is sent, and the limit is named', async () => {
  const shown = await brought(750 * KILOBYTE + 1)
  expect(shown.get('[data-test="codes-too-large"]').text()).toMatch(/areas\.csv.*750 KB/)
  expect(fetching).not.toHaveBeenCalled()
})

it('the largest that is sent fits into a request', async () => {
  await brought(750 * KILOBYTE)
  const [request] = fetching.mock.calls[0]!
  expect((await request.text()).length).toBeLessThan(KILOBYTE * KILOBYTE)
})
