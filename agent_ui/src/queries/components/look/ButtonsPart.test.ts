import { mount } from '@vue/test-utils'
import { ElSelect } from 'element-plus'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { i18n, setLocale } from '@/shared/i18n'
import type { Button } from '../../composables/build'
import ButtonsPart from './ButtonsPart.vue'

beforeAll(() => setLocale('en'))
beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ items: [] }), { headers: { 'Content-Type': 'application/json' } }))
})
afterEach(() => vi.unstubAllGlobals())

function part() {
  const shown = mount(ButtonsPart, {
    props: { buttons: [], columns: [], phones: [], sources: [{ key: '', name: 'Order' }], problem: () => undefined, onChange: (buttons: Button[]) => void shown.setProps({ buttons }) },
    global: { plugins: [i18n], stubs: { LabelFields: true, ExpressionField: true, ButtonParameters: true } },
  })
  return shown
}
async function does(shown: ReturnType<typeof part>, act: string) {
  shown.findAllComponents(ElSelect)[0]!.vm.$emit('update:modelValue', act)
  await shown.vm.$nextTick()
  return shown.props('buttons')[0]!
}

it('calls a button by what it does, until somebody calls it otherwise', async () => {
  const shown = part()
  await shown.get('[data-test=add-button]').trigger('click')
  expect(shown.props('buttons')[0]!.label.en).toBe('View')
  expect((await does(shown, 'call')).label).toEqual({ 'zh-CN': '拨打', en: 'Call' })
  await shown.setProps({ buttons: [{ ...shown.props('buttons')[0]!, label: { 'zh-CN': '回访', en: 'Call' } }] })
  const made = await does(shown, 'query')
  expect([made.do, made.label['zh-CN']]).toEqual(['query', '回访'])
})
