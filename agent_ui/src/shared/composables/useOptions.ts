/** A short list for pickers (teams, services, trunks): read whole. */
import { computed, ref, shallowRef } from 'vue'
import { api, isApiError, type ApiError, type ItemOf, type ListPath, type Page } from '@/shared/api'

const MOST = 200

export function useOptions<P extends ListPath>(path: P) {
  const found = shallowRef<ItemOf<P>[]>([])
  const loaded = ref(false)
  const error = shallowRef<ApiError | null>(null)
  async function load(): Promise<void> {
    try {
      const read = api.get as (path: P, init: object) => Promise<unknown>
      found.value = ((await read(path, { params: { query: { page_size: MOST } } })) as Page<ItemOf<P>>).items
      loaded.value = true
      error.value = null
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    }
  }
  void load()
  return { items: computed(() => found.value), loaded, error, load }
}
