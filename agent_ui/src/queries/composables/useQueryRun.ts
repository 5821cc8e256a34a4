/** A query while somebody looks at what it answers: what is filled in, the page, the order; any change asks again. */
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { api, isApiError, type ApiError, type QueryAnswer, type QueryRow, type ReadyQuery } from '@/shared/api'
import type { Paging } from '@/shared/composables/usePaging'

export type Given = Record<string, string[]>
/** What a table needs of a row beside what the server says: a key that is its own on this page. */
export type KeyedRow = QueryRow & { place: number }

const TYPING_PAUSE_MS = 300

export const defaultsOf = (query: ReadyQuery): Given => Object.fromEntries(query.parameters.map((one) => [one.key, [...one.default]]))
/** Without what must be filled in there is nothing to ask. */
export const missingIn = (query: ReadyQuery, given: Given): string[] => query.parameters.filter((one) => (one.required || one.problem) && !given[one.key]?.some(Boolean)).map((one) => one.key)

/** Rows that pages lead to: of those that were not counted as many as there seem to be, and the next page at any rate. */
export function reachable(answer: QueryAnswer | null): number {
  const total = answer?.total
  if (!total) return 0
  return total.exact ? total.count : Math.max(total.count + 1, total.estimate ?? 0)
}

export function useQueryRun(query: ReadyQuery, start: Given = {}, order = '') {
  const answer = shallowRef<QueryAnswer | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const loading = ref(false)
  const given = reactive<Given>({ ...defaultsOf(query), ...start })
  const [page, pageSize, sort] = [ref(1), ref(query.page_size), ref(order)]
  const missing = computed(() => missingIn(query, given))
  let asked = 0

  async function load(): Promise<void> {
    if (missing.value.length) return
    const mine = ++asked
    loading.value = true
    try {
      const body = { parameters: { ...given }, sort: sort.value, page: page.value, page_size: pageSize.value }
      const found = await api.post('/queries/{key}/run', { params: { path: { key: query.key } }, body })
      if (mine === asked) [answer.value, error.value] = [found, null]
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (mine !== asked) return
      // A kept order by a column that is gone, or is another's to see: the list stands in its own.
      if (sort.value && cause.fieldErrors.sort) sort.value = ''
      else error.value = cause
    } finally {
      if (mine === asked) loading.value = false
    }
  }
  function restart(): void {
    if (page.value === 1) void load()
    else page.value = 1
  }

  let pause: ReturnType<typeof setTimeout> | undefined
  watch(() => JSON.stringify(given), () => {
    clearTimeout(pause)
    pause = setTimeout(restart, TYPING_PAUSE_MS)
  })
  watch([pageSize, sort], restart)
  watch(page, () => void load())
  void load()

  const put = (next: Given, by = ''): void => {
    for (const key of Object.keys(given)) given[key] = [...(next[key] ?? [])]
    sort.value = by
  }
  const paging: Paging<KeyedRow, Given> = {
    items: computed(() => (answer.value?.rows ?? []).map((row, place) => ({ ...row, place }))),
    total: computed(() => reachable(answer.value)),
    loaded: computed(() => answer.value !== null),
    page, pageSize, sort, error, load,
    q: ref(''), filters: {},
    sortBy: (next) => (sort.value = next),
    clear: () => put(defaultsOf(query)),
  }
  return { given, missing, answer, loading, paging, put, load }
}
export type QueryRun = ReturnType<typeof useQueryRun>
