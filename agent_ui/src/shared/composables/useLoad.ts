/** Loads something now and on demand; keeps the old value while the next is under way. */
import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { isApiError, type ApiError } from '@/shared/api'

export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>, immediate = true) {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const loading = ref(false)
  let controller: AbortController | null = null

  async function load(): Promise<void> {
    controller?.abort()
    const mine = (controller = new AbortController())
    loading.value = true
    try {
      value.value = await read(mine.signal)
      error.value = null
    } catch (cause) {
      if (mine.signal.aborted) return
      if (!isApiError(cause)) throw cause
      error.value = cause
    } finally {
      if (controller === mine) loading.value = false
    }
  }

  onBeforeUnmount(() => controller?.abort())
  if (immediate) void load()
  return { value, error, loading, load }
}
