/** The work order of one contact: values, draft, errors, saving. Lives as long as its tab, whatever is on screen. */
import { computed, onScopeDispose, reactive, ref, watch, type EffectScope } from 'vue'
import {
  api, asRead, isApiError, newKey, once, type ApiError, type DataRecord, type Definition, type Draft, type Id, type Values,
} from '@/shared/api'
import type { Around } from '@/shared/expressions/conditions'
import { newValues, sentOf } from '@/shared/fields'
import { formErrors, writable } from '@/shared/records/settle'
import { dropLocal, dropRemote, newest, readLocal, writeLocal, writeRemote, type DraftBody } from './drafts'

const LOCAL_PAUSE_MS = 300
const REMOTE_PAUSE_MS = 1500
const RETRY_MS = 8000

export type DraftState = 'none' | 'saving' | 'saved' | 'local'
export interface Seed { draftKey: string; owner: string; callId: () => Id | null; customerId: () => Id | null; attemptId: () => Id | null; around: () => Around }

export function createWorkOrderForm(scope: EffectScope, seed: Seed) {
  const definition = ref<Definition | null>(null)
  const values = reactive<Values>({})
  const record = ref<DataRecord | null>(null)
  const dispositionId = ref<Id | null>(null)
  const note = ref('')
  const errors = ref<Record<string, string>>({})
  const failure = ref<ApiError | null>(null)
  const draft = reactive<{ state: DraftState; at: string | null }>({ state: 'none', at: null })
  const dirty = ref(false)
  const saving = ref(false)
  /** The same attempt keeps its key, so that a retry after silence does not make a second work order. */
  let idempotencyKey = newKey()
  let filling = false
  /** Typed, and not on the server yet. */
  let unkept = false
  let timers: ReturnType<typeof setTimeout>[] = []

  const body = (): DraftBody => ({ values: { ...values }, disposition_id: dispositionId.value, note: note.value, record_id: record.value?.id ?? null })

  /** The watcher is synchronous, so the flag covers exactly this assignment. */
  function fill(next: Values): void {
    filling = true
    Object.assign(values, next)
    filling = false
  }

  function open(next: Definition, existing: DataRecord | null, remote: Draft | null, defaults: Values = {}): void {
    definition.value = next
    record.value = existing
    fill(existing ? { ...existing.values } : { ...newValues(next.fields), ...defaults })
    const stored = newest(readLocal(seed.owner, seed.draftKey), remote)
    if (!stored) return
    fill(stored.body.values)
    dispositionId.value = stored.body.disposition_id
    note.value = stored.body.note
    Object.assign(draft, { state: remote ? 'saved' : 'local', at: stored.at })
    dirty.value = true
  }

  function schedule(): void {
    if (filling || !definition.value) return
    dirty.value = true
    timers.forEach(clearTimeout)
    timers = [setTimeout(keepLocal, LOCAL_PAUSE_MS), setTimeout(() => void keepRemote(), REMOTE_PAUSE_MS)]
    unkept = true
  }
  /** The page goes: what was typed in the last moment is kept at once, here and, as far as the network goes, on the server. */
  function leave(): void {
    if (!unkept) return
    keepLocal()
    void writeRemote(seed.draftKey, body(), true).catch(() => undefined)
  }
  addEventListener('pagehide', leave)
  scope.run(() => onScopeDispose(() => removeEventListener('pagehide', leave)))
  function keepLocal(): void {
    draft.at = writeLocal(seed.owner, seed.draftKey, body())
    if (draft.state !== 'saved') draft.state = 'local'
  }
  async function keepRemote(): Promise<void> {
    draft.state = 'saving'
    try {
      unkept = false
      await writeRemote(seed.draftKey, body())
      await keepSummary()
      Object.assign(draft, { state: 'saved', at: new Date().toISOString() })
    } catch (error) {
      if (!isApiError(error)) throw error
      unkept = true
      draft.state = 'local'
      if (dirty.value) timers.push(setTimeout(() => void keepRemote(), RETRY_MS))
    }
  }
  /** The call's disposition and note stand by themselves: there may be no work order at all. */
  let summary = ''
  async function keepSummary(): Promise<void> {
    const callId = seed.callId()
    const next = { disposition_id: dispositionId.value, note: note.value }
    if (!callId || (!next.disposition_id && !next.note) || summary === JSON.stringify(next)) return
    await api.put('/calls/{call_id}/disposition', { params: { path: { call_id: callId } }, body: next })
    const attemptId = seed.attemptId()
    if (attemptId && next.disposition_id) await api.post('/attempts/{attempt_id}/result', { params: { path: { attempt_id: attemptId } }, body: { disposition_id: next.disposition_id } })
    summary = JSON.stringify(next)
  }
  // Chosen and gone: the wrap-up may end a moment later.
  scope.run(() => watch(dispositionId, () => !filling && void keepSummary().catch(() => undefined)))
  scope.run(() => watch([values, dispositionId, note], schedule, { deep: true, flush: 'sync' }))

  /** A work order of somebody else may be read and not changed; the call's disposition is still one's own. */
  const locked = computed(() => (record.value ? !record.value.may.edit : definition.value?.permissions.create === false))

  function check(): boolean {
    errors.value = definition.value ? formErrors(definition.value, values, record.value, seed.around()) : {}
    return Object.keys(errors.value).length === 0
  }

  /** Only what may be written: masked and read-only values never travel back. */
  function sent(): Values {
    const fields = definition.value ? writable(definition.value, values, record.value, seed.around()) : []
    const kept = fields.filter((field) => !record.value?.masked.includes(field.key) || values[field.key] !== record.value.values[field.key])
    return Object.fromEntries(kept.map((field) => [field.key, sentOf(field, values[field.key], record.value?.values[field.key])]))
  }

  async function send(): Promise<void> {
    const known = record.value
    const path = { identifier: definition.value?.identifier ?? '', record_id: known?.id ?? '' }
    const next = known
      ? await api.patch('/objects/{identifier}/records/{record_id}', { params: { path, header: asRead(known) }, body: { values: sent() } })
      : await api.post('/objects/{identifier}/records', {
          params: { path, header: once(idempotencyKey) }, body: { values: sent(), call_id: seed.callId(), customer_id: seed.customerId() },
        })
    record.value = next
    idempotencyKey = newKey()
    fill(next.values)
  }

  async function save(): Promise<boolean> {
    if (saving.value || !definition.value || (!locked.value && !check())) return false
    saving.value = true
    failure.value = null
    try {
      if (!locked.value) await send()
      await keepSummary()
      timers.forEach(clearTimeout)
      dirty.value = unkept = false
      Object.assign(draft, { state: 'none', at: null })
      dropLocal(seed.owner, seed.draftKey)
      void dropRemote(seed.draftKey)
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      errors.value = error.fieldErrors
      failure.value = error
      if (error.offline) keepLocal()
      return false
    } finally {
      saving.value = false
    }
  }

  function close(): void {
    timers.forEach(clearTimeout)
  }

  return reactive({
    definition, values, record, dispositionId, note, errors, failure, draft, dirty, saving, locked, open, save, close,
    isNew: computed(() => record.value === null),
  })
}
export type WorkOrderForm = ReturnType<typeof createWorkOrderForm>
