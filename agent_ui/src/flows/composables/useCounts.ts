/** The counts of a flow for a span of days, read again while they are shown. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, isApiError, type ApiError, type FlowCounters } from '@/shared/api'
import { day } from '@/shared/format'
import { NO_MARKS } from '../components/canvas'
import { marksOf } from './counts'
import type { FlowDesign } from './useFlow'

export const SPANS = ['none', 'today', 'week'] as const
export type Span = (typeof SPANS)[number]
const EVERY_MS = 15_000

export function useCounts(design: FlowDesign) {
  const span = ref<Span>('none')
  const counters = shallowRef<FlowCounters | null>(null)
  const error = shallowRef<ApiError | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let left = false

  async function read(): Promise<void> {
    clearTimeout(timer)
    const [mine, service] = [span.value, design.id]
    if (mine === 'none' || !service) return void (counters.value = null)
    const today = day(new Date())
    try {
      const found = await api.get('/ivr-services/{service_id}/counters', { params: { path: { service_id: service }, query: mine === 'today' ? { from: today, to: today } : {} } })
      if (left || span.value !== mine || design.id !== service) return
      counters.value = found
      error.value = null
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    }
    if (left) return
    timer = setTimeout(() => void read(), EVERY_MS)
  }
  watch([span, () => design.id], () => void read())
  onScopeDispose(() => {
    left = true
    clearTimeout(timer)
  })
  const marks = computed(() => (design.doc && counters.value ? marksOf(design.doc, counters.value) : NO_MARKS))
  return { span, marks, error }
}
