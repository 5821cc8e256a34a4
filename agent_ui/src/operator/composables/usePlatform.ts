/** The platform as telephony tells it (the room `platform` of docs/events.md §3): lines, calls, what reconciliation found. */
import { computed } from 'vue'
import type { Overview, Trunk } from '@/shared/api'
import { useRealtime } from '@/shared/realtime/store'

type Line = Trunk['state']
interface Node { drift_24h?: number; reconciled_at?: string | null }
interface Calls { now?: number }

export function usePlatform() {
  const realtime = useRealtime()
  const state = computed<Record<string, unknown>>(() => realtime.rooms.platform?.state ?? {})
  const values = <T>(prefix: string) => Object.entries(state.value).filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T)

  const line = (trunk: Trunk): Line => (state.value[`trunk:${trunk.id}`] as { state?: Line } | undefined)?.state ?? trunk.state
  const lines = computed(() => values<{ state?: Line }>('trunk:').map((one) => one.state ?? 'unknown'))
  const nodes = computed(() => values<Node>('node:'))

  /** The API's last answer, with what is known better by now. */
  function latest(overview: Overview): Overview {
    const calls = (state.value.calls as Calls | undefined)?.now
    const times = nodes.value.map((node) => node.reconciled_at).filter((at): at is string => !!at).sort()
    return {
      ...overview,
      calls: { ...overview.calls, now: calls ?? overview.calls.now },
      trunks: lines.value.length ? { ...overview.trunks, up: lines.value.filter((one) => one === 'up').length } : overview.trunks,
      drift_24h: nodes.value.length ? nodes.value.reduce((sum, node) => sum + (node.drift_24h ?? 0), 0) : overview.drift_24h,
      reconciled_at: times.at(-1) ?? overview.reconciled_at,
    }
  }
  const down = computed(() => lines.value.filter((one) => one === 'down').length)
  return { line, down, latest }
}
