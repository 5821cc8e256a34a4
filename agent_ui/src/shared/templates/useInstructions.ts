/** What templates can do, read once: it changes with the product alone. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api, isApiError, type ApiError, type TemplateInstruction } from '@/shared/api'

export const useInstructions = defineStore('template-instructions', () => {
  const list = shallowRef<TemplateInstruction[]>([])
  const error = shallowRef<ApiError | null>(null)
  const loaded = ref(false)
  let under: Promise<void> | null = null

  async function read(): Promise<void> {
    try {
      list.value = await api.get('/templates/instructions')
      loaded.value = true
      error.value = null
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    }
  }
  function load(): void {
    if (!loaded.value) under ??= read().finally(() => (under = null))
  }
  return { list, error, loaded, load }
})
