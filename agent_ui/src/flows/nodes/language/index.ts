import { Languages } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind, saysNothing } from '../kind'
import { holes, type Language } from '../settings'
import form from './form.vue'

export default kind<Language>({
  kind: 'language', group: 'say', icon: Languages, form,
  blank: () => ({ prompts: [{ text: {}, language: 'zh-CN' }, { text: {}, language: 'en' }], choices: { 1: 'zh-CN', 2: 'en' } }),
  exits: () => ['chosen'],
  summary: (settings) => Object.entries(settings.choices ?? {}).map(([key, language]) => `${key} ${t(`flow.language.${language}`)}`).join(' · '),
  lacks: (settings) => [saysNothing(settings.prompts) && 'prompts', !Object.keys(settings.choices ?? {}).length && 'keys', holes(settings.choices) && 'rows'],
})
