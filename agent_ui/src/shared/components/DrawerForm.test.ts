import { flushPromises, mount } from '@vue/test-utils'
import { ElDrawer, ElFormItem, ElInput } from 'element-plus'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { ApiError } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import DrawerForm from './DrawerForm.vue'

const asked = vi.hoisted(() => vi.fn<() => Promise<boolean>>())
vi.mock('@/shared/confirm', () => ({ confirmAct: asked }))

beforeAll(() => setLocale('en'))
beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})
const refusal = new ApiError(422, 'invalid', 'Something is wrong', {}, { host: ['No such host'] })

async function opened(save = () => Promise.resolve()) {
  const Form = defineComponent({
    components: { DrawerForm, ElFormItem, ElInput },
    data: () => ({ open: true, save, name: '', host: '' }),
    template: `<DrawerForm v-slot="{ errors }" v-model="open" title="Server" :save="save">
      <ElFormItem label="Name" :error="errors.name"><ElInput v-model="name" data-test="name" /></ElFormItem>
      <ElFormItem label="Host" :error="errors.host"><ElInput v-model="host" data-test="host" /></ElFormItem>
    </DrawerForm>`,
  })
  const shown = mount(Form, { attachTo: document.body, global: { plugins: [i18n], stubs: { teleport: true, transition: true } } })
  await flushPromises()
  const beside = async (later = 1_000) => {
    vi.advanceTimersByTime(later)
    ;(shown.getComponent(ElDrawer).props('beforeClose') as (done: () => void) => void)(() => (shown.vm.open = false))
    await flushPromises()
  }
  return { shown, beside }
}

it('closes at once as long as nothing was typed', async () => {
  const { shown, beside } = await opened()
  await beside()
  expect([shown.vm.open, asked.mock.calls.length]).toEqual([false, 0])
})
it('stays open when the row that opened it is clicked twice', async () => {
  const { shown, beside } = await opened()
  await beside(100)
  expect(shown.vm.open).toBe(true)
})
it('keeps what was typed unless one says that it may go', async () => {
  const { shown, beside } = await opened()
  await shown.get('input[data-test=name]').setValue('Bank')
  asked.mockResolvedValueOnce(false)
  await beside()
  expect([shown.vm.open, shown.vm.name]).toEqual([true, 'Bank'])
  asked.mockResolvedValueOnce(true)
  await beside()
  expect(shown.vm.open).toBe(false)
})
it('leads to the first field that was refused', async () => {
  const { shown } = await opened(() => Promise.reject(refusal))
  await shown.get('[data-test=drawer-save]').trigger('click')
  await flushPromises()
  expect((document.activeElement as HTMLElement).dataset.test).toBe('host')
})
