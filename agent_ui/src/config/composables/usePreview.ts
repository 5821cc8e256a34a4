/** What the server makes of a template while it is written: asked when one pauses, and never answered by an older question. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, isApiError, type ApiError, type Preview, type PreviewBody } from '@/shared/api'

const PAUSE_MS = 400

/** `wanted`: null while there is nothing to ask; the last answer stays until the next is there. */
export function usePreview(wanted: () => PreviewBody | null) {
  const answer = shallowRef<Preview | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  let pause: ReturnType<typeof setTimeout> | undefined
  let under: AbortController | null = null

  async function ask(): Promise<void> {
    const body = wanted()
    if (!body) return
    const mine = (under = new AbortController())
    busy.value = true
    try {
      answer.value = await api.post('/templates/preview', { body, signal: mine.signal })
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
  watch(() => JSON.stringify(wanted()), (now) => {
    stop()
    if (now === 'null') answer.value = error.value = null
    else pause = setTimeout(() => void ask(), PAUSE_MS)
  }, { immediate: true })
  onScopeDispose(stop)
  return { answer, error, busy, ask }
}
