import { Variable } from 'lucide-vue-next'
import { kind } from '../kind'
import type { SetVariable } from '../settings'
import { valueWord } from '../words'
import form from './form.vue'

export default kind<SetVariable>({
  kind: 'set_variable', group: 'decide', icon: Variable, form,
  blank: () => ({ name: '', value: '' }),
  optional: ['value'],
  exits: () => ['next'],
  summary: (settings) => (settings.name ? `${settings.name} = ${valueWord(settings)}` : ''),
  lacks: (settings) => [!settings.name && 'variable'],
  sets: (settings) => [settings.name],
})
