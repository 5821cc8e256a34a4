import { Workflow } from 'lucide-vue-next'
import { kind } from '../kind'
import type { SubFlow } from '../settings'
import form from './form.vue'

export default kind<SubFlow>({
  kind: 'flow', group: 'lead', icon: Workflow, form,
  blank: () => ({ service: '' }),
  exits: () => ['next', 'failed'],
  summary: ({ service }, choices) => (service ? choices.nameOf('ivr_service', service) : ''),
  lacks: ({ service }) => [!service && 'target'],
})
