import { mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import { computed, reactive, ref } from 'vue'
import type { IvrPrompt } from '@/shared/api'
import type { Options } from '@/shared/composables/useOptions'
import { i18n, setLocale } from '@/shared/i18n'
import type { TextForm } from '../composables/waiting'
import TextPairs from './TextPairs.vue'

beforeAll(() => setLocale('en'))
const heard = { id: 'p1', name: 'Jazz', sounds: [{}] } as unknown as IvrPrompt
const silent = { id: 'p2', name: 'Nothing yet', sounds: [] } as unknown as IvrPrompt
const prompts = { items: computed(() => [heard, silent]), loaded: ref(true), whole: computed(() => true), error: ref(null), load: async () => {}, find: async () => [], rest: async () => {} } as unknown as Options<IvrPrompt>
const shown = (texts: TextForm[], given?: Options<IvrPrompt>) => mount(TextPairs, { props: { id: 'text', texts, most: 3, add: 'Add message', prompts: given }, global: { plugins: [i18n] } })

it('takes a recording among the texts, of those that can be heard', async () => {
  const texts = reactive<TextForm[]>([{ zh: '请稍候', en: 'Please hold' }])
  const mounted = shown(texts, prompts)
  await mounted.get('[data-test="text-add-prompt"]').trigger('click')
  expect(texts[1]).toEqual({ zh: '', en: '', prompt: '' })
  expect(mounted.findAll('textarea')).toHaveLength(2)
  const select = mounted.getComponent({ name: 'OptionSelect' })
  expect([heard, silent].filter(select.props('keep') as (one: IvrPrompt) => boolean)).toEqual([heard])
  select.vm.$emit('update:modelValue', 'p1')
  expect(texts[1]?.prompt).toBe('p1')
  await mounted.get('[data-test="text-0-remove"]').trigger('click')
  expect(texts).toEqual([{ zh: '', en: '', prompt: 'p1' }])
})

it('offers no recordings where questions are asked', () => {
  expect(shown([{ zh: '', en: '' }]).find('[data-test="text-add-prompt"]').exists()).toBe(false)
})
