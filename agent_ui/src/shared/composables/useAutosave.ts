/** A draft that saves itself a moment after its last change. What cannot be saved stays on this computer and is tried again. */
import { computed, onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { isApiError, type ApiError } from '@/shared/api'
import { useKept } from './useKept'

const PAUSE_MS = 600
const RETRY_MS = 8000

/** `pending`: changed and not sent yet. `failed`: kept here, tried again. `stale`: somebody else was quicker. */
export type SaveState = 'saved' | 'pending' | 'saving' | 'failed' | 'stale'

/** `owner`: who works here; what could not be saved is kept under that name. `put` sends a document and heeds the answer. */
export function useAutosave<T extends object>(owner: string, identifier: Ref<string>, doc: ShallowRef<T | null>, put: (sent: T) => Promise<void>) {
  const state = ref<SaveState>('saved')
  const failure = shallowRef<ApiError | null>(null)
  const local = useKept(owner, identifier, doc, () => state.value !== 'saved')
  let timer: ReturnType<typeof setTimeout> | undefined
  let sending: Promise<boolean> | null = null

  function changed(): void {
    if (state.value === 'stale') return local.keep()
    if (state.value !== 'saving') state.value = 'pending'
    clearTimeout(timer)
    timer = setTimeout(() => void save(), PAUSE_MS)
  }
  async function send(): Promise<boolean> {
    const sent = doc.value
    if (!sent) return false
    state.value = 'saving'
    try {
      await put(sent)
      failure.value = null
      if (doc.value !== sent) return await send()
      state.value = 'saved'
      local.forget()
      return true
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      failure.value = cause
      state.value = cause.code === 'stale' ? 'stale' : 'failed'
      local.keep()
      if (cause.offline || cause.status >= 500) timer = setTimeout(() => void save(), RETRY_MS)
      return false
    }
  }
  /** Sends what is not sent yet; true when the server has all of it. */
  async function save(): Promise<boolean> {
    clearTimeout(timer)
    if (state.value === 'saved') return true
    if (state.value === 'stale') return false
    sending ??= send().finally(() => (sending = null))
    return sending
  }
  /** What is under way ends first: the version it makes is the one to name. */
  async function settle(): Promise<void> {
    clearTimeout(timer)
    if (sending) await sending
  }
  /** The document here is the server's. */
  function clean(): void {
    clearTimeout(timer)
    state.value = 'saved'
    local.forget()
    failure.value = null
  }
  function late(cause: ApiError): void {
    state.value = 'stale'
    failure.value = cause
  }
  /** Who was too slow is told so under the bar, where the ways out are. */
  async function refusable<R>(act: () => Promise<R>): Promise<R> {
    try {
      return await act()
    } catch (cause) {
      if (isApiError(cause) && cause.code === 'stale') late(cause)
      throw cause
    }
  }
  onScopeDispose(() => clearTimeout(timer))
  return { state, failure, local, changed, save, settle, clean, late, refusable, unsaved: computed(() => state.value !== 'saved') }
}

/** What a page with a draft has for its notes: whether it is saved, and the ways out where it is not. */
export interface Drafting {
  state: SaveState
  failure: ApiError | null
  drafted: boolean
  savedAt: string
  kept: { at: string } | null
  canUndo: boolean
  canRedo: boolean
  undo: () => void
  redo: () => void
  save: () => Promise<boolean>
  keepOurs: () => Promise<boolean>
  takeTheirs: () => Promise<void>
  takeKept: () => void
  dropKept: () => void
}
