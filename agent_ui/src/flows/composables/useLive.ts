/** Calls that are in a flow now, step by step as they happen; one may be followed. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import { api, isApiError, type CallInFlow } from '@/shared/api'
import { useRealtime } from '@/shared/realtime/store'
import { NO_MARKS } from '../components/canvas'
import { marksOfCall } from './counts'
import type { FlowDesign } from './useFlow'

export function useLive(design: FlowDesign) {
  const realtime = useRealtime()
  const open = ref(false)
  const room = ref('')
  const followed = ref('')
  const failed = ref(false)
  let leave: (() => void) | null = null

  function close(): void {
    leave?.()
    leave = null
    room.value = followed.value = ''
  }
  /** The server says which room it is. */
  async function enter(): Promise<void> {
    close()
    const service = design.id
    failed.value = false
    try {
      const found = await api.get('/ivr-services/{service_id}/calls', { params: { path: { service_id: service } } })
      if (!open.value || design.id !== service) return
      room.value = found.room
      leave = realtime.watch(found.room)
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      failed.value = true
    }
  }
  watch([open, () => design.id], ([now]) => (now ? void enter() : close()))
  onScopeDispose(() => {
    // What is still being asked for is not entered any more.
    open.value = false
    close()
  })

  const all = realtime.values<CallInFlow>('ivr:', 'call:')
  const calls = computed(() => [...all.value].sort((one, other) => (one.since < other.since ? -1 : 1)))
  const call = computed(() => calls.value.find((one) => one.id === followed.value) ?? null)
  /** Kept when the call has left, so that the way it took stays in sight. */
  const last = ref<CallInFlow | null>(null)
  watch(call, (now) => now && (last.value = now))
  watch(followed, () => (last.value = call.value))
  const marks = computed(() => (last.value ? marksOfCall(last.value, design.id) : NO_MARKS))
  const ready = computed(() => room.value in realtime.rooms)
  return { open, calls, followed, call, last, marks, ready, failed, retry: enter }
}
