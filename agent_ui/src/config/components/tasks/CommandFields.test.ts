import { flushPromises, mount } from '@vue/test-utils'
import type { ElSelect } from 'element-plus'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import type { Parameter } from '../../composables/tasks'
import CommandFields from './CommandFields.vue'

const NEWEST = 'archive/client/2026-11-01/090000-a.jsonl.gz'
const OLD = 'archive/client/2019-01-01/090000-b.jsonl.gz'
const parameter = (name: string, kind: Parameter['kind'], options: string[] = []): Parameter => ({ name, kind, options, types: [], required: true, default: null, least: 0, most: 0 })

beforeAll(() => setLocale('en'))
afterEach(() => vi.unstubAllGlobals())

it('takes the name of an archive that is not among the newest, and of other choices nothing else', async () => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ items: [{ name: NEWEST }], total: 900, page: 1, page_size: 200 }), { headers: { 'Content-Type': 'application/json' } }))
  const parameters = [parameter('file', 'archive_file'), parameter('by', 'choice', ['created_at', 'updated_at'])]
  const shown = mount(CommandFields, { props: { command: 'archive_restore', parameters, errors: {}, modelValue: {} }, global: { plugins: [i18n], stubs: { ElSelect: true } } })
  await flushPromises()
  const select = (name: string) => shown.getComponent<typeof ElSelect>(`[data-test=parameter-${name}]`)
  expect([select('file').props('allowCreate'), select('by').props('allowCreate')]).toEqual([true, false])
  select('file').vm.$emit('update:modelValue', OLD)
  expect(shown.emitted('update:modelValue')).toEqual([[{ file: OLD }]])
})

it('offers of the credentials those that go to the address, and none besides', async () => {
  const kept = [{ name: 'erp', host: 'erp.example.com' }, { name: 'crm', host: 'crm.example.com:8443' }]
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(kept), { headers: { 'Content-Type': 'application/json' } }))
  const parameters = [parameter('url', 'url'), { ...parameter('credential', 'credential'), required: false }]
  const shown = mount(CommandFields, { props: { command: 'http', parameters, errors: {}, modelValue: { url: 'https://erp.example.com/in' } }, global: { plugins: [i18n], stubs: { ElSelect: { template: '<div><slot /></div>' }, ElOption: { props: ['label'], template: '<i>{{ label }}</i>' } } } })
  await flushPromises()
  const offered = () => shown.findAll('i').map((one) => one.text())
  expect(offered()).toEqual(['erp · erp.example.com'])
  for (const [url, all] of [['http://erp.example.com/in', []], ['https://crm.example.com/in', []], ['https://crm.example.com:8443/in', ['crm · crm.example.com:8443']]] as const) {
    await shown.setProps({ modelValue: { url } })
    expect(offered()).toEqual(all)
  }
})
