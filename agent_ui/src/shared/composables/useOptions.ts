/** A short list for pickers (teams, services, trunks): read whole, whether the API pages it or not. */
import { computed, shallowRef } from 'vue'
import { api, isApiError, type Page } from '@/shared/api'

const MOST = 100

export function useOptions<T>(path: string) {
  const found = shallowRef<T[]>([])
  async function load(): Promise<void> {
    try {
      const answer = await api.get<Page<T> | T[]>(path, { page_size: MOST })
      found.value = Array.isArray(answer) ? answer : answer.items
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  void load()
  return { items: computed(() => found.value), load }
}
