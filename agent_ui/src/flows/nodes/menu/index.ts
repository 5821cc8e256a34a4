import { Grid3x3 } from 'lucide-vue-next'
import { keyed, kind, saysNothing } from '../kind'
import type { Menu } from '../settings'
import { promptsWord } from '../words'
import form from './form.vue'

export default kind<Menu>({
  kind: 'menu', group: 'say', icon: Grid3x3, form,
  blank: () => ({ prompts: [{ text: {} }], keys: ['1', '2'], timeout: 5, tries: 3 }),
  optional: ['timeout', 'tries'],
  exits: (settings) => [...(settings.keys ?? ['1', '2']), 'timeout', 'invalid'],
  summary: (settings, choices) => promptsWord(settings.prompts, choices),
  lacks: (settings) => [saysNothing(settings.prompts) && 'prompts', settings.keys?.length === 0 && 'keys'],
  exitWord: keyed,
})
