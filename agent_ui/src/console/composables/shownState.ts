/** The state in the bar: the server's, unless the telephone in this page knows better (it is quicker, and outlives the web). */
import type { AgentStateName, DeskCall } from '@/shared/api'
import type { PhoneCall } from '@/shared/softphone/types'

export function shownState(
  server: AgentStateName, phone: Pick<PhoneCall, 'state' | 'held'> | null, call: DeskCall['state'] | null = null,
): AgentStateName {
  if (!phone) return server
  if (phone.state === 'ringing') return 'ringing'
  if (server === 'consulting') return server
  // The agent's own phone is up while the other's still rings.
  if (call === 'dialling') return 'ringing'
  if (phone.held) return 'hold'
  return phone.state === 'talking' ? 'talking' : server
}

/** The page was loaded anew and its phone is rung to take the talk back: to refuse it would only have it rung again. */
export function isRejoining(phone: Pick<PhoneCall, 'state' | 'autoAnswer'>, call: Pick<DeskCall, 'state'> | null): boolean {
  return phone.autoAnswer && phone.state !== 'talking' && (call?.state === 'connected' || call?.state === 'held')
}
