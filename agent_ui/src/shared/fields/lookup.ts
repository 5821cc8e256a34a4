/** Pickers of people, teams and records ask the server as one types. */
import { ref, watch } from 'vue'
import { isApiError } from '@/shared/api'

export interface Found { value: string; label: string; hint?: string }
export type Search = (q: string) => Promise<Found[]>

export const FOUND_PAGE = 20
const TYPING_PAUSE_MS = 200

/** `first` is what is chosen already, so that it shows by name before anything is typed. */
export function useLookup(search: Search, first: () => Found | null) {
  const found = ref<Found[]>([])
  const busy = ref(false)
  let pause: ReturnType<typeof setTimeout> | undefined

  const keep = () => {
    const chosen = first()
    if (chosen && !found.value.some((one) => one.value === chosen.value)) found.value = [chosen, ...found.value]
  }
  watch(first, keep, { immediate: true })

  async function ask(q: string): Promise<void> {
    busy.value = true
    try {
      found.value = await search(q.trim())
      keep()
    } catch (error) {
      if (!isApiError(error)) throw error
      found.value = []
    } finally {
      busy.value = false
    }
  }

  function type(q: string): void {
    clearTimeout(pause)
    pause = setTimeout(() => void ask(q), TYPING_PAUSE_MS)
  }

  return { found, busy, type, open: (visible: boolean) => visible && void ask('') }
}
