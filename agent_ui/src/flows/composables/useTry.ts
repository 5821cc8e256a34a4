/** A flow tried as a text dialogue: each request sends the flow as it stands here with all entries so far. */
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { api, isApiError, type ApiError, type FlowToTry, type FlowTried, type TriedLine } from '@/shared/api'
import { toInstant } from '@/shared/fields/datetime/zone'
import { NO_MARKS, type Marks } from '../components/canvas'
import { writeFlow } from './definition'
import { lineId, START } from './graph'
import type { FlowDesign } from './useFlow'

/** A call that might come. `live`: records are really read. */
export interface TrialSettings { caller: string; called: string; at: string | null; live: boolean; variables: Record<string, string> }
export type Entry = NonNullable<FlowToTry['entries']>[number]

/** The lines of the flow itself that were walked; sub-flows are elsewhere. */
export function walkedOf(lines: readonly TriedLine[], service: string): Set<string> {
  const own = lines.filter((one) => one.service === service)
  return new Set([...(own.length ? [lineId(START, 'next')] : []), ...own.filter((one) => one.what === 'left').map((one) => lineId(one.node, one.exit))])
}

export function useTry(design: FlowDesign) {
  const call = reactive<TrialSettings>({ caller: '', called: '', at: null, live: false, variables: {} })
  const entries = ref<Entry[]>([])
  const answer = shallowRef<FlowTried | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  const changed = ref(false)
  watch(() => design.doc, () => (changed.value = !!answer.value))

  async function run(next: Entry[]): Promise<void> {
    if (busy.value || !design.doc) return
    busy.value = true
    error.value = null
    try {
      const variables = Object.fromEntries(Object.entries(call.variables).filter(([name]) => name))
      const body = { definition: writeFlow(design.doc), caller: call.caller.trim(), called: call.called ?? '', at: toInstant(call.at), live: call.live, variables, entries: next }
      answer.value = await api.post('/ivr-services/{service_id}/try', { params: { path: { service_id: design.id } }, body })
      // A sub-flow in which the caller hangs up may take fewer than were sent.
      entries.value = next.slice(0, answer.value.used)
      changed.value = false
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    } finally {
      busy.value = false
    }
  }
  const put = (entry: Partial<Entry> & Pick<Entry, 'act'>) => run([...entries.value, { text: '', exit: '', sets: {}, ...entry }])
  function stop(): void {
    answer.value = error.value = null
    entries.value = []
    changed.value = false
  }
  const marks = computed<Marks>(() => (answer.value ? { ...NO_MARKS, active: answer.value.service === design.id ? answer.value.node : '', walked: walkedOf(answer.value.lines, design.id) } : NO_MARKS))

  return reactive({
    call, entries, answer, error, busy, changed, marks, stop,
    begin: () => run([]), again: () => run(entries.value), back: () => run(entries.value.slice(0, -1)),
    press: (text: string) => put({ act: 'keys', text }), silence: () => put({ act: 'silence' }), hangUp: () => put({ act: 'hang_up' }),
    outcome: (exit: string, sets: Record<string, string>) => put({ act: 'outcome', exit, sets: Object.fromEntries(Object.entries(sets).filter(([, value]) => value !== '')) }),
  })
}
export type FlowTry = ReturnType<typeof useTry>
