/** The state in the bar: the server's, unless the telephone in this page knows better (it is quicker, and outlives the web). */
import type { AgentStateName } from '@/shared/api'
import type { PhoneCall } from '@/shared/softphone/types'

export function shownState(server: AgentStateName, phone: Pick<PhoneCall, 'state' | 'held'> | null): AgentStateName {
  if (!phone) return server
  if (phone.state === 'ringing') return 'ringing'
  if (server === 'consulting') return server
  if (phone.held) return 'hold'
  return phone.state === 'talking' ? 'talking' : server
}
