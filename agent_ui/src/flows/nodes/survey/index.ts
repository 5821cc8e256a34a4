import { Star } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind, saysNothing } from '../kind'
import type { Survey } from '../settings'
import form from './form.vue'

export default kind<Survey>({
  kind: 'survey', group: 'say', icon: Star, form,
  blank: () => ({ questions: [{ key: 'satisfaction', prompts: [{ text: {} }], keys: ['1', '2', '3', '4', '5'] }] }),
  exits: () => ['answered', 'skipped'],
  summary: (settings) => t('flow.questions', { n: settings.questions.length }),
  lacks: (settings) => [!settings.questions.length && 'questions', settings.questions.some((one) => saysNothing(one.prompts)) && 'prompts', settings.questions.some((one) => !one.keys.length) && 'keys'],
})
