import { Split } from 'lucide-vue-next'
import { t } from '@/shared/i18n'
import { kind } from '../kind'
import type { Condition } from '../settings'
import form from './form.vue'

export default kind<Condition>({
  kind: 'condition', group: 'decide', icon: Split, form,
  blank: () => ({ cases: [{ when: '', exit: t('flow.caseNamed', { n: 1 }) }] }),
  exits: (settings) => [...new Set(settings.cases.map((one) => one.exit)), 'otherwise'],
  summary: (settings) => settings.cases.map((one) => one.when).filter(Boolean).join(' ｜ '),
  lacks: (settings) => [!settings.cases.length && 'cases', settings.cases.some((one) => !one.when.trim()) && 'when', settings.cases.some((one) => !one.exit.trim()) && 'caseName'],
  exitWord: (exit) => (exit === 'otherwise' ? t('flow.exit.otherwise') : exit),
})
