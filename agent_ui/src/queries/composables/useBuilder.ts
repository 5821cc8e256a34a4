/** One query while it is put together: what was read, what stands here, what is wrong with it and what it answers. */
import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import { api, asRead, isApiError, type ApiError, type QueryAnswer, type SavedQuery } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { useUndo } from '@/shared/composables/useUndo'
import { useDefinitions } from '@/shared/records/useDefinitions'
import { sourcesOf, wholeDoc, type Doc, type Label } from './build'

const PAUSE_MS = 400
/** All of it that is saved. */
export interface Work { name: Label; roles: SavedQuery['roles']; active: boolean; report: SavedQuery['report']; document: Doc }

export function useBuilder(key: string) {
  const path = { key }
  const definitions = useDefinitions()
  const read = useLoad((signal) => api.get('/queries/{key}', { params: { path }, signal }), false)
  const objects = useLoad((signal) => api.get('/objects', { signal }))
  const saved = shallowRef<SavedQuery | null>(null)
  const work = shallowRef<Work | null>(null)
  const failure = shallowRef<ApiError | null>(null)
  const saving = ref(false)
  const problems = ref<Record<string, string>>({})
  const answer = shallowRef<QueryAnswer | null>(null)
  const asking = ref(false)
  const askError = shallowRef<ApiError | null>(null)
  const history = useUndo(work, () => {})

  const workOf = (query: SavedQuery): Work => ({ name: query.name, roles: query.roles, active: query.active, report: query.report, document: wholeDoc(query.document) })
  const dirty = computed(() => !!saved.value && !!work.value && JSON.stringify(workOf(saved.value)) !== JSON.stringify(work.value))
  const doc = computed(() => work.value?.document ?? null)
  const sources = computed(() => (doc.value ? sourcesOf(doc.value, definitions.known) : []))
  /** Every object: who refers to whom is said by the one that refers. */
  watch(() => objects.value.value, (found) => found?.forEach((one) => void definitions.load(one.identifier).catch(() => {})))

  async function load(): Promise<boolean> {
    await read.load()
    if (!read.value.value) return false
    saved.value = read.value.value
    failure.value = null
    history.replace(workOf(saved.value), true)
    return true
  }
  const change = (step: (doc: Doc) => Doc, tag = ''): boolean => history.apply((now) => {
    const next = step(now.document)
    return next === now.document ? now : { ...now, document: next }
  }, tag)
  const set = (part: Partial<Work>, tag = ''): boolean => history.apply((now) => ({ ...now, ...part }), tag)

  let asked = 0
  async function ask(): Promise<void> {
    if (!doc.value) return
    const mine = ++asked
    asking.value = true
    try {
      const found = await api.post('/queries/run', { body: { document: doc.value } })
      if (mine !== asked) return
      problems.value = Object.fromEntries(Object.entries(found.problems).map(([place, said]) => [place, said[0] ?? '']))
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
  watch(doc, () => {
    clearTimeout(pause)
    pause = setTimeout(() => void ask(), PAUSE_MS)
  })
  onScopeDispose(() => clearTimeout(pause))

  /** True when it is on the server; what was changed meanwhile stays. */
  async function save(): Promise<boolean> {
    if (!saved.value || !work.value || saving.value) return false
    const sent = work.value
    saving.value = true
    try {
      saved.value = await api.patch('/queries/{key}', { params: { path, header: asRead(saved.value) }, body: sent })
      failure.value = null
      if (work.value === sent) work.value = workOf(saved.value)
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      failure.value = error
      for (const [place, said] of Object.entries(error.fieldErrors)) if (place.startsWith('document.')) problems.value[place.slice('document.'.length)] = said
      return false
    } finally {
      saving.value = false
    }
  }
  const discard = (): void => void (saved.value && history.replace(workOf(saved.value)))

  return reactive({ key, saved, work, doc, sources, objects: objects.value, definitions, failure, saving, dirty, problems, answer, asking, askError, readError: read.error, history, load, change, set, ask, save, discard })
}
export type Builder = ReturnType<typeof useBuilder>
