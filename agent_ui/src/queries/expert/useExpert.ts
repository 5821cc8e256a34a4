/** One expert query while it is written: what was read, what stands here, what is wrong with it and what it answers. */
import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import { api, asRead, isApiError, type ApiError, type ExpertDocument, type ExpertParameter, type ExpertQuery, type QueryAnswer } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import type { Label } from '../composables/build'
import type { Problem, World } from './sql'

const PAUSE_MS = 500
type Texts = Required<ExpertDocument['texts']>
/** A document with everything that the API fills in by itself. */
export type Doc = Omit<Required<ExpertDocument>, 'texts' | 'parameters' | 'columns'> & { texts: Texts; parameters: Parameter[]; columns: Head[] }
export type Head = Required<NonNullable<ExpertDocument['columns']>[number]>
export type Parameter = Required<ExpertParameter>
const NOTHING: Texts = { select: '', source: '', where: '', group: '', having: '', order: '' }
/** A column as it is shown while nothing is said of it. */
export const headOf = (key: string): Head => ({ key, label: {}, format: '', width: 0, link: null, mask: false, hidden: false, total: '' })
const wholeDoc = (document: ExpertDocument): Doc => ({
  kind: 'expert', page_size: 20, data_source: 'product', ...document, texts: { ...NOTHING, ...document.texts },
  columns: (document.columns ?? []).map((one) => ({ ...headOf(one.key), ...one })), buttons: document.buttons ?? [], colors: document.colors ?? [], chart: document.chart ?? null,
  parameters: (document.parameters ?? []).map((one) => ({ many: false, default: [], template: '', required: false, ...one })),
})
/** All of it that is saved; `key` is given once. */
export interface Work extends Pick<ExpertQuery, 'roles' | 'active' | 'report'> { key: string; name: Label; document: Doc }
const blank = (): Work => ({ key: '', name: { 'zh-CN': '', en: '' }, roles: [], active: true, report: null, document: wholeDoc({ texts: NOTHING }) })
const workOf = (query: ExpertQuery): Work => ({ key: query.key, name: { 'zh-CN': query.name['zh-CN'] ?? '', en: query.name.en ?? '' }, roles: query.roles, active: query.active, report: query.report ?? null, document: wholeDoc(query.document) })

/** key: '' is one that is not kept yet. */
export function useExpert(key: string) {
  const saved = shallowRef<ExpertQuery | null>(null)
  const work = ref<Work>(blank())
  const begun = ref(JSON.stringify(work.value))
  const failure = shallowRef<ApiError | null>(null)
  const saving = ref(false)
  const problems = ref<Problem[]>([])
  const answer = shallowRef<QueryAnswer | null>(null)
  const asking = ref(false)
  const askError = shallowRef<ApiError | null>(null)
  const named = useLoad((signal) => api.get('/expert-queries/objects', { params: { query: { data_source: work.value.document.data_source } }, signal }), false)
  const choices = useLoad((signal) => api.get('/data-sources/choices', { signal }))
  /** What a statement may name is another thing in each. */
  watch(() => work.value.document.data_source, () => void named.load(), { immediate: !key })
  const read = useLoad((signal) => api.get('/expert-queries/{key}', { params: { path: { key } }, signal }), false)
  const dirty = computed(() => JSON.stringify(work.value) !== begun.value)
  const world = computed<World>(() => ({
    objects: named.value.value?.items ?? [], functions: named.value.value?.functions ?? [],
    parameters: work.value.document.parameters.map((one) => one.key), source: work.value.document.texts.source,
  }))

  /** sent: what stood here when it went to the server; what was written since stays. */
  function put(query: ExpertQuery, sent = JSON.stringify(work.value)): void {
    const kept = workOf(query)
    if (JSON.stringify(work.value) === sent) work.value = kept
    saved.value = query
    begun.value = JSON.stringify(kept)
    failure.value = null
  }
  async function load(): Promise<void> {
    if (!key) return
    await read.load()
    if (read.value.value) put(read.value.value)
    void named.load()
  }

  let asked = 0
  async function ask(): Promise<void> {
    const { document, roles } = work.value
    if (!document.texts.select.trim() || !document.texts.source.trim()) {
      problems.value = []
      return
    }
    const mine = ++asked
    asking.value = true
    try {
      const found = await api.post('/expert-queries/run', { body: { document, roles } })
      if (mine !== asked) return
      problems.value = found.problems
      askError.value = null
      if (found.answer) answer.value = found.answer
    } catch (error) {
      if (!isApiError(error)) throw error
      if (mine === asked) askError.value = error
    } finally {
      if (mine === asked) asking.value = false
    }
  }
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(() => JSON.stringify([work.value.document, work.value.roles]), () => {
    clearTimeout(pause)
    pause = setTimeout(() => void ask(), PAUSE_MS)
  })
  onScopeDispose(() => clearTimeout(pause))

  /** Its key when it is on the server, else null; what was changed meanwhile stays. */
  async function save(): Promise<string | null> {
    if (saving.value) return null
    saving.value = true
    const { key: own, ...body } = work.value
    const before = JSON.stringify(work.value)
    try {
      const sent = { ...body, name: { 'zh-CN': (body.name['zh-CN'] ?? '').trim(), en: (body.name.en ?? '').trim() } }
      const query = saved.value ? await api.patch('/expert-queries/{key}', { params: { path: { key: saved.value.key }, header: asRead(saved.value) }, body: sent }) : await api.post('/expert-queries', { body: { key: own.trim(), ...sent } })
      put(query, before)
      return query.key
    } catch (error) {
      if (!isApiError(error)) throw error
      failure.value = error
      void ask()
      return null
    } finally {
      saving.value = false
    }
  }
  return reactive({ choices: choices.value, saved, work, world, failure, saving, dirty, problems, answer, asking, askError, readError: read.error, namedError: named.error, load, ask, save })
}
