import { MessageSquare } from 'lucide-vue-next'
import { kind } from '../kind'
import type { Message } from '../settings'
import form from './form.vue'

export default kind<Message>({
  kind: 'message', group: 'data', icon: MessageSquare, form,
  blank: () => ({ to: 'team', target: '', text: '' }),
  exits: () => ['next'],
  summary: ({ to, target, text }, choices) => [target && (to === 'seat' ? choices.nameOf('seat', target) : choices.teamName(target)), text].filter(Boolean).join(' · '),
  lacks: ({ target, text }) => [!target && 'target', !text.trim() && 'text'],
})
