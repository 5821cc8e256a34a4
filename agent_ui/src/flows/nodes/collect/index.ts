import { Keyboard } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind, saysNothing } from '../kind'
import type { Collect } from '../settings'
import form from './form.vue'

export default kind<Collect>({
  kind: 'collect', group: 'say', icon: Keyboard, form,
  blank: () => ({ prompts: [{ text: {} }], variable: '', minimum: 1, maximum: 11 }),
  optional: ['minimum'],
  exits: () => ['collected', 'timeout', 'invalid'],
  summary: ({ variable, minimum = 1, maximum }) => (variable ? t(minimum === maximum ? 'flow.digitsInto' : 'flow.digitsRangeInto', { name: variable, least: minimum, most: maximum }) : ''),
  lacks: (settings) => [saysNothing(settings.prompts) && 'prompts', !settings.variable && 'variable'],
  sets: (settings) => [settings.variable],
})
