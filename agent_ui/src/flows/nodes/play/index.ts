import { Volume2 } from 'lucide-vue-next'
import { kind, saysNothing } from '../kind'
import type { Play } from '../settings'
import { promptsWord } from '../words'
import form from './form.vue'

export default kind<Play>({
  kind: 'play', group: 'say', icon: Volume2, form,
  blank: () => ({ prompts: [{ text: {} }], interruptible: true }),
  optional: ['interruptible'],
  exits: () => ['next'],
  summary: (settings, choices) => promptsWord(settings.prompts, choices),
  lacks: (settings) => [saysNothing(settings.prompts) && 'prompts'],
})
