/** A short list for pickers (teams, services, trunks): read whole. */
import { computed, shallowRef } from 'vue'
import { api, isApiError, type ItemOf, type ListPath, type Page } from '@/shared/api'

const MOST = 200

export function useOptions<P extends ListPath>(path: P) {
  const found = shallowRef<ItemOf<P>[]>([])
  async function load(): Promise<void> {
    try {
      const read = api.get as (path: P, init: object) => Promise<unknown>
      found.value = ((await read(path, { params: { query: { page_size: MOST } } })) as Page<ItemOf<P>>).items
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  void load()
  return { items: computed(() => found.value), load }
}
