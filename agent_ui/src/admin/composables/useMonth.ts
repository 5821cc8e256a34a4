/** A month by a schedule that is not saved yet: asked when one pauses, at once for another month, and never answered by an older question. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, isApiError, type ApiError, type ScheduleBody, type ScheduleMonth } from '@/shared/api'

const PAUSE_MS = 300

/** `wanted`: null while there is nothing to ask; the last answer stays until the next is there. */
export function useMonth(wanted: () => ScheduleBody | null, month: () => string) {
  const answer = shallowRef<ScheduleMonth | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  let pause: ReturnType<typeof setTimeout> | undefined
  let under: AbortController | null = null

  async function ask(): Promise<void> {
    const schedule = wanted()
    if (!schedule) return
    stop()
    const mine = (under = new AbortController())
    busy.value = true
    try {
      answer.value = await api.post('/schedules/preview', { body: { month: month(), schedule }, signal: mine.signal })
      error.value = null
    } catch (cause) {
      if (mine.signal.aborted) return
      if (!isApiError(cause)) throw cause
      error.value = cause
    } finally {
      if (under === mine) busy.value = false
    }
  }
  function stop(): void {
    clearTimeout(pause)
    under?.abort()
  }
  watch([() => JSON.stringify(wanted()), month], ([now, which], [was, before]) => {
    stop()
    if (now === 'null') return
    if (which !== before || !was || was === 'null') void ask()
    else pause = setTimeout(() => void ask(), PAUSE_MS)
  }, { immediate: true })
  onScopeDispose(stop)
  return { answer, error, busy, ask }
}
