/** One list of the API: page, order, search and filters; any change reads again. */
import { computed, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { api, isApiError, type ApiError, type Page } from '@/shared/api'

export interface Paging<T> {
  items: ComputedRef<T[]>
  total: ComputedRef<number>
  page: Ref<number>
  pageSize: Ref<number>
  q: Ref<string>
  sort: Ref<string>
  filters: Record<string, string | undefined>
  loaded: ComputedRef<boolean>
  error: ShallowRef<ApiError | null>
  load: () => Promise<void>
  sortBy: (sort: string) => void
  setFilter: (name: string, value: string | undefined) => void
  clear: () => void
}

const TYPING_PAUSE_MS = 250

export function usePaging<T>(path: string | (() => string), initial: { sort?: string; pageSize?: number; filters?: Record<string, string> } = {}): Paging<T> {
  const result = shallowRef<Page<T> | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const page = ref(1)
  const pageSize = ref(initial.pageSize ?? 20)
  const q = ref('')
  const sort = ref(initial.sort ?? '')
  const filters = reactive<Record<string, string | undefined>>({ ...initial.filters })
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      const address = typeof path === 'string' ? path : path()
      const query = { ...filters, q: q.value.trim(), sort: sort.value, page: page.value, page_size: pageSize.value }
      const found = await api.get<Page<T>>(address, query)
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
  function restart(): void {
    if (page.value === 1) void load()
    else page.value = 1
  }

  void load()
  return {
    items: computed(() => result.value?.items ?? []),
    total: computed(() => result.value?.total ?? 0),
    loaded: computed(() => result.value !== null),
    page, pageSize, q, sort, filters, error, load,
    sortBy: (next) => (sort.value = next || (initial.sort ?? '')),
    setFilter: (name, value) => (filters[name] = value || undefined),
    clear: () => {
      q.value = ''
      for (const key of Object.keys(filters)) filters[key] = undefined
    },
  }
}
