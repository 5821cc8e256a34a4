/** Pickers of people, teams and records ask the server as one types. */
import { ref, watch } from 'vue'
import { api, isApiError, type Page } from '@/shared/api'

export interface Found { value: string; label: string; hint?: string }

const PAGE = 20
const TYPING_PAUSE_MS = 200

/** `first` is what is chosen already, so that it shows by name before anything is typed. */
export function useLookup<T>(path: () => string, read: (item: T) => Found, first: () => Found | null) {
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
      const page = await api.get<Page<T> | T[]>(path(), { q: q.trim(), page_size: PAGE })
      found.value = (Array.isArray(page) ? page : page.items).map(read)
      keep()
    } catch (error) {
      if (!isApiError(error)) throw error
      found.value = []
    } finally {
      busy.value = false
    }
  }

  function search(q: string): void {
    clearTimeout(pause)
    pause = setTimeout(() => void ask(q), TYPING_PAUSE_MS)
  }

  return { found, busy, search, open: (visible: boolean) => visible && void ask('') }
}
