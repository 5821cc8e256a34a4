import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { field } from '@/shared/fields/testing'
import { i18n, setLocale } from '@/shared/i18n'
import editor from './editor.vue'
import Filter from './Filter.vue'
import { regions } from './regions'

const XIHU = [
  { code: '330000', name: { 'zh-CN': '浙江省', en: 'Zhejiang' }, parent: null, step: false, pinyin: 'zhejiangsheng', initials: 'zjs' },
  { code: '330100', name: { 'zh-CN': '杭州市', en: 'Hangzhou' }, parent: '330000', step: false, pinyin: 'hangzhoushi', initials: 'hzs' },
  { code: '330106', name: { 'zh-CN': '西湖区', en: 'Xihu District' }, parent: '330100', step: false, pinyin: 'xihuqu', initials: 'xhq' },
]
const shown = () => [...document.querySelectorAll('.el-cascader__suggestion-item')].map((one) => one.textContent?.trim())

beforeAll(() => setLocale('en'))
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  regions.value = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it.each([['the form', editor], ['the list', Filter]])('who types in %s before the regions are there is answered when they come', async (_where, picker) => {
  let come!: (answer: Response) => void
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (come = resolve)))
  const box = mount(picker as typeof editor, { props: { id: 'region', field: field({ type: 'region' }), modelValue: null }, global: { plugins: [i18n] }, attachTo: document.body })
  const input = box.get('input')
  await input.trigger('focus')
  await input.setValue('xihu')
  await vi.advanceTimersByTimeAsync(1000)
  expect(shown()).toEqual([])
  come(new Response(JSON.stringify(XIHU), { headers: { 'Content-Type': 'application/json' } }))
  await flushPromises()
  expect(shown()).toEqual([expect.stringContaining('Xihu District')])
  box.unmount()
})
