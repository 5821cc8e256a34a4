/** One list of the API: page, order, search and filters; any change reads again. */
import { computed, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { api, isApiError, type ApiError, type FiltersOf, type ItemOf, type ListPath, type Page } from '@/shared/api'

export interface Paging<T, F extends object = Record<string, unknown>> {
  items: ComputedRef<T[]>
  total: ComputedRef<number>
  page: Ref<number>
  pageSize: Ref<number>
  q: Ref<string>
  sort: Ref<string>
  filters: F
  loaded: ComputedRef<boolean>
  error: ShallowRef<ApiError | null>
  load: () => Promise<void>
  sortBy: (sort: string) => void
  clear: () => void
}

export interface Start { sort?: string; pageSize?: number; q?: string; filters?: Record<string, string>; at?: Record<string, string>; fields?: () => string }

const TYPING_PAUSE_MS = 250

/** `at`: what stands in the address's braces. `fields`: which values are asked for, where a list has hundreds. */
export function usePaging<P extends ListPath>(path: P, start: Start = {}): Paging<ItemOf<P>, FiltersOf<P>> {
  const result = shallowRef<Page<ItemOf<P>> | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const page = ref(1)
  const pageSize = ref(start.pageSize ?? 20)
  const q = ref(start.q ?? '')
  const sort = ref(start.sort ?? '')
  const filters = reactive<Record<string, unknown>>({ ...start.filters })
  let asked = 0
  let had = ''

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      had = start.fields?.() ?? ''
      const query = { ...filters, ...(had && { fields: had }), q: q.value.trim(), sort: sort.value, page: page.value, page_size: pageSize.value }
      const read = api.get as (path: P, init: object) => Promise<unknown>
      const found = (await read(path, { params: { query, path: start.at } })) as Page<ItemOf<P>>
      if (mine === asked) [result.value, error.value] = [found, null]
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (mine === asked) error.value = cause
    }
  }

  let pause: ReturnType<typeof setTimeout> | undefined
  watch(q, () => {
    clearTimeout(pause)
    pause = setTimeout(restart, TYPING_PAUSE_MS)
  })
  watch([pageSize, sort, () => ({ ...filters })], restart)
  watch(page, () => void load())
  watch(() => start.fields?.() ?? '', (fields) => fields !== had && void load())
  function restart(): void {
    if (page.value === 1) void load()
    else page.value = 1
  }

  void load()
  return {
    items: computed(() => result.value?.items ?? []),
    total: computed(() => result.value?.total ?? 0),
    loaded: computed(() => result.value !== null),
    page, pageSize, q, sort, error, load,
    filters: filters as FiltersOf<P>,
    sortBy: (next) => (sort.value = next || (start.sort ?? '')),
    clear: () => {
      q.value = ''
      for (const key of Object.keys(filters)) filters[key] = undefined
    },
  }
}
