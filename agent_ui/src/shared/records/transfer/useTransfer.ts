/** An import or export while somebody looks at it: read again until its job has ended. */
import { onScopeDispose, ref, shallowRef } from 'vue'
import { isApiError, type ApiError } from '@/shared/api'

const EVERY_MS = 700
/** The network is away: the work goes on without us. */
const PATIENT_MS = 3000

export const isUnderWay = (one: { state: string } | null): boolean => one?.state === 'queued' || one?.state === 'running'

/** `id`: null of what was done at once, and so is never under way. */
export function useTransfer<T extends { id: string | null; state: string }>(read: (id: string) => Promise<T>) {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  function show(next: T | null): void {
    asked += 1
    clearTimeout(timer)
    value.value = next
    if (next?.id && isUnderWay(next)) timer = setTimeout(() => void load(next.id!), EVERY_MS)
  }

  async function load(id: string): Promise<void> {
    const mine = ++asked
    try {
      const found = await read(id)
      if (mine !== asked) return
      error.value = null
      show(found)
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (mine !== asked) return
      error.value = cause
      if (cause.offline && isUnderWay(value.value)) timer = setTimeout(() => void load(id), PATIENT_MS)
    }
  }

  /** An act whose answer is what it has become; a refusal stands in `error`. True when it went through. */
  async function act(send: () => Promise<T>): Promise<boolean> {
    busy.value = true
    error.value = null
    try {
      show(await send())
      return true
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
      return false
    } finally {
      busy.value = false
    }
  }

  onScopeDispose(() => {
    asked += 1
    clearTimeout(timer)
  })
  return { value, error, busy, show, load, act }
}
