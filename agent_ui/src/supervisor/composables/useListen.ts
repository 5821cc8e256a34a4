/** Listening to a call: the server rings this phone, which answers itself; hanging up ends it. */
import { computed, ref, watch } from 'vue'
import { api, type ForcedState, type Id } from '@/shared/api'
import { attempt } from '@/shared/confirm'
import { useSoftphone } from '@/shared/softphone/store'

export function useListen() {
  const phone = useSoftphone()
  const session = ref<{ id: Id; agent: Id } | null>(null)
  const busy = ref(false)
  const agent = computed(() => session.value?.agent ?? null)

  async function start(agent_id: Id): Promise<void> {
    if (busy.value) return
    busy.value = true
    if (session.value) await stop()
    await attempt(async () => {
      const { id } = await api.post('/supervision/listen', { body: { agent_id, mode: 'listen' } })
      session.value = { id, agent: agent_id }
    })
    busy.value = false
  }
  async function stop(): Promise<void> {
    const current = session.value
    session.value = null
    if (phone.call) phone.hangUp()
    if (current) await attempt(() => api.delete('/supervision/listen/{listening_id}', { params: { path: { listening_id: current.id } } }))
  }
  // The phone hung up (the call ended, or the bar was used): nothing is listened to any more.
  watch(() => phone.call, (now, before) => {
    if (!now && before) session.value = null
  })
  const force = (agent_id: Id, state: ForcedState) => attempt(() => api.post('/supervision/agents/{agent_id}/force', { params: { path: { agent_id } }, body: { state } }))

  return { agent, busy, start, stop, force, phoneReady: computed(() => phone.ready) }
}
export type Listening = ReturnType<typeof useListen>
