import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/shared/i18n'
import ExpertParameters from './ExpertParameters.vue'
import type { Parameter } from './useExpert'

const label = { 'zh-CN': '等级', en: 'Level' }
const parameter = (key: string): Parameter => ({ key, label, type: 'text', many: false, default: [], template: '{{ nobody }}', required: false })

it('says of a beginning that is wrong what is wrong with it, at its parameter', () => {
  const problem = { part: '', place: 'parameters.1.template', line: 1, column: 1, length: 1, said: 'there is no nobody' }
  const shown = mount(ExpertParameters, { props: { modelValue: [parameter('a'), parameter('b')], errors: {}, problems: [problem] }, global: { plugins: [i18n], stubs: { ElSelect: true, TemplateField: true } } })
  expect(shown.findAll('[role=alert]').map((one) => [one.attributes('data-test'), one.text()])).toEqual([['expert-parameter-1-beginning-problem', 'there is no nobody']])
})
