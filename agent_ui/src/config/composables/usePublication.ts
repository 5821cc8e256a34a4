/** A publication that the worker carries out: watched until it has ended, and called off if that is wished. */
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, isApiError, type DesignAnswer } from '@/shared/api'

export const EVERY_MS = 1000
const PATIENT_MS = 5000

/** `ended`: what the server says of the object then. */
export function usePublication(answer: Ref<DesignAnswer | null>, ended: (next: DesignAnswer) => Promise<void>) {
  const cancelling = ref(false)
  const publication = computed(() => answer.value?.publication ?? null)
  const publishing = computed(() => publication.value !== null && publication.value.state !== 'failed')
  const identifier = computed(() => answer.value?.identifier ?? '')
  let timer: ReturnType<typeof setTimeout> | undefined

  async function heed(next: DesignAnswer): Promise<void> {
    if (next.identifier !== identifier.value) return
    if (next.publication && next.publication.state !== 'failed') answer.value = next
    else await ended(next)
  }
  async function look(): Promise<void> {
    const name = identifier.value
    try {
      await heed(await api.get('/design/objects/{identifier}', { params: { path: { identifier: name } } }))
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (identifier.value === name && publishing.value) timer = setTimeout(() => void look(), PATIENT_MS)
    }
  }
  watch(answer, () => {
    clearTimeout(timer)
    if (publishing.value) timer = setTimeout(() => void look(), EVERY_MS)
  })
  async function cancel(): Promise<void> {
    cancelling.value = true
    try {
      await heed(await api.delete('/design/objects/{identifier}/publication', { params: { path: { identifier: identifier.value } } }))
    } catch (cause) {
      // It has just ended by itself.
      if (!isApiError(cause) || cause.status !== 404) throw cause
      await look()
    } finally {
      cancelling.value = false
    }
  }
  onScopeDispose(() => clearTimeout(timer))
  return { publication, publishing, cancelling, cancel }
}
