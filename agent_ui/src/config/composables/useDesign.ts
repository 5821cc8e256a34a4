/** The draft of one object: its document, what is chosen of it, its saving, and what the server says of it. */
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, asRead, isApiError, type ApiError, type DesignAnswer, type DesignChange, type DesignProblem, type FieldTypeInfo, type Loss } from '@/shared/api'
import { useAutosave } from '@/shared/composables/useAutosave'
import { useUndo } from '@/shared/composables/useUndo'
import { say } from '@/shared/confirm'
import { caption, t } from '@/shared/i18n'
import { fieldOf, fieldsOf, readDocument, STAMPS, type Doc } from './document'
import { renameKey, setSetting, setSource } from './operations'
import { problemsFrom } from './problems'
import { useChosen } from './useChosen'
import { useCodes } from './useCodes'
import { usePublication } from './usePublication'

/** `owner`: who works here; what could not be saved is kept under that name. */
export function useDesign(owner: string) {
  const identifier = ref('')
  const answer = shallowRef<DesignAnswer | null>(null)
  const doc = shallowRef<Doc | null>(null)
  const published = shallowRef<Doc | null>(null)
  const types = shallowRef<FieldTypeInfo[]>([])
  const problems = shallowRef<DesignProblem[]>([])
  const changes = shallowRef<DesignChange[]>([])
  const losses = shallowRef<Loss[]>([])
  const loadError = shallowRef<ApiError | null>(null)
  const savedAt = ref('')
  const { travel, ...view } = useChosen(doc)
  const { field, choose } = view
  const { state, failure, local, changed, save, settle, clean, late, refusable, unsaved } = useAutosave(owner, identifier, doc, async (sent) =>
    heed(await api.put('/design/objects/{identifier}/draft', { params: versioned(), body: { document: { ...sent } } })))

  const path = () => ({ identifier: identifier.value })
  const versioned = () => ({ path: path(), header: asRead({ version: answer.value?.version ?? 0 }) })
  const history = useUndo(doc, changed)

  /** What the server says of a document; the document itself stays the one on this page. */
  function heed(next: DesignAnswer): void {
    answer.value = next
    problems.value = next.problems
    changes.value = next.changes
    savedAt.value = next.changed_at
  }
  /** The version in force; without a draft it is the document itself. */
  async function inForce(next: DesignAnswer): Promise<Doc | null> {
    if (!next.number) return null
    const version = next.draft ? await api.get('/design/objects/{identifier}/versions/{number}', { params: { path: { ...path(), number: next.number } } }) : next
    return readDocument(version.document)
  }
  async function show(next: DesignAnswer, forget = false): Promise<void> {
    published.value = await inForce(next)
    heed(next)
    losses.value = []
    history.replace(readDocument(next.document), forget)
    clean()
    if (doc.value && !fieldOf(doc.value, field.value)) choose('')
  }

  async function open(name: string): Promise<void> {
    identifier.value = name
    answer.value = doc.value = loadError.value = null
    try {
      const [next, known] = await Promise.all([api.get('/design/objects/{identifier}', { params: { path: path() } }), api.get('/design/types')])
      if (identifier.value !== name) return
      types.value = known
      local.offer(readDocument(next.document))
      await show(next, true)
      choose(doc.value ? (fieldsOf(doc.value)[0]?.key ?? '') : '')
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      loadError.value = cause
    }
  }

  /** Theirs takes the place of ours, which undo brings back. */
  const takeTheirs = async (): Promise<void> => show(await api.get('/design/objects/{identifier}', { params: { path: path() } }))
  /** Ours is saved over theirs. */
  async function keepOurs(): Promise<boolean> {
    answer.value = await api.get('/design/objects/{identifier}', { params: { path: path() } })
    state.value = 'pending'
    return save()
  }

  async function check(): Promise<boolean> {
    if (!(await save())) return false
    const found = await api.post('/design/objects/{identifier}/check', { params: { path: path() } })
    problems.value = found.problems
    changes.value = found.changes
    losses.value = found.losses
    return !found.problems.length
  }
  /** True when it went through; a refusal tells its problems and losses, and is thrown if it has neither. */
  async function publish(note: string, acceptLosses: boolean): Promise<boolean> {
    if (!(await save())) return false
    try {
      await show(await api.post('/design/objects/{identifier}/publish', { params: versioned(), body: { note, accept_losses: acceptLosses } }), true)
      return true
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (cause.code === 'bad-definition') problems.value = problemsFrom(cause.fields)
      else if (Array.isArray(cause.details.losses)) losses.value = cause.details.losses as Loss[]
      else if (cause.code === 'stale') late(cause)
      else throw cause
      return false
    }
  }
  const discard = () => refusable(async () => {
    await settle()
    await show(await api.delete('/design/objects/{identifier}/draft', { params: versioned() }))
  })
  const restore = (number: number) => refusable(async () => {
    await settle()
    await show(await api.post('/design/objects/{identifier}/versions/{number}/restore', { params: { ...versioned(), path: { ...path(), number } } }))
  })
  /** For good: no version finds the values at this place again. What is typed is saved first, as it may bring them back. */
  const purge = (place: string) => refusable(async () => {
    await save()
    heed(await api.delete('/design/objects/{identifier}/hidden/{place}', { params: { ...versioned(), path: { ...path(), place } } }))
  })
  function rename(key: string, next: string): void {
    if (history.apply((now) => renameKey(now, key, next), `key.${next}`) && field.value === key) field.value = next
  }
  /** A setting of the chosen field. `what` tells changes within it apart. */
  const setting = (name: string, value: unknown, what = name): boolean => history.apply((now) => setSetting(now, field.value, name, value), what && `setting.${field.value}.${what}`)
  const source = (codes: string | null): boolean => history.apply((now) => setSource(now, field.value, codes))

  const codes = useCodes(() => doc.value)
  const { cancel: cancelPublication, ...under } = usePublication(answer, async (next) => {
    const through = next.number > (answer.value?.number ?? 0)
    await show(next, through)
    if (through) say(t('design.published', { name: caption(doc.value?.name), n: next.number }))
  })

  return reactive({
    codes, identifier, answer, doc, types, problems, changes, losses, loadError, failure, state, savedAt, kept: local.kept,
    ...view, ...history, ...under, cancelPublication, undo: () => travel(history.undo), redo: () => travel(history.redo), open, save, takeTheirs, keepOurs, check, publish, discard, restore, purge, takeKept: () => local.take((document) => history.apply(() => document)), dropKept: local.drop, rename, setting, source,
    unsaved, drafted: computed(() => answer.value?.draft ?? false),
    number: computed(() => answer.value?.number ?? 0),
    /** A draft whose problems let nobody read it has changes that cannot be listed yet. */
    unreadable: computed(() => Boolean(answer.value?.draft && answer.value.number && problems.value.length && !changes.value.length)),
    /** Published fields keep their key; the others are new. */
    published: computed(() => new Map((published.value ? fieldsOf(published.value) : []).map((one) => [one.key, one]))),
    /** Keys of fields as people know them, those that are gone from the draft as well. */
    names: computed(() => new Map([...STAMPS.map((one) => [one as string, t(`design.stamp.${one}`)] as const), ...[published.value, doc.value].flatMap((one) => (one ? fieldsOf(one) : [])).map((one) => [one.key, caption(one.label) || one.key] as const)])),
    typeOf: (key: string) => types.value.find((type) => type.key === key),
  })
}
export type Design = ReturnType<typeof useDesign>
