/** What objects are called, by their identifiers. */
import { computed } from 'vue'
import { api } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { caption } from '@/shared/i18n'

export function useObjectNames() {
  const objects = useLoad((signal) => api.get('/design/objects', { signal }))
  return computed(() => new Map((objects.value.value ?? []).map((one) => [one.identifier, caption(one.name)])))
}
