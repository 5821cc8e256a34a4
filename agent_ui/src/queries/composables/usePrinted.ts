/** All rows of a query that fit on paper, read page by page. */
import { ref, shallowRef } from 'vue'
import { api, isApiError, type ApiError, type QueryAnswer } from '@/shared/api'
import type { Given } from './useQueryRun'

const PAGE = 200
/** A list that is longer is for a file. */
export const MOST_PRINTED = 1_000

export function usePrinted(key: string, given: Given, sort: string) {
  const answer = shallowRef<QueryAnswer | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const whole = ref(false)

  async function load(): Promise<void> {
    error.value = null
    answer.value = null
    const rows: QueryAnswer['rows'] = []
    whole.value = false
    try {
      for (let page = 1; page <= MOST_PRINTED / PAGE; page += 1) {
        const found = await api.post('/queries/{key}/run', { params: { path: { key } }, body: { parameters: given, sort, page, page_size: PAGE } })
        rows.push(...found.rows)
        answer.value = { ...found, rows: [...rows] }
        if (found.rows.length < PAGE) break
      }
      whole.value = true
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    }
  }
  return { answer, error, whole, load }
}
