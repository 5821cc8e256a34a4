/** Who looks like what is being entered: asked a moment after the last key, and only about fields that a rule names. */
import { computed, onBeforeUnmount, shallowRef, watch } from 'vue'
import { api, isApiError, type Definition, type Duplicate, type Values } from '@/shared/api'

const TYPING_PAUSE_MS = 400

/** `asked`: what is asked of the server, null when no rule can say anything. */
export function questionOf(definition: Definition, values: Values, read: Values | null): Record<string, string> | null {
  const keys = [...new Set(definition.duplicates.flatMap((rule) => rule.fields))]
  // What stands in the record as it was read was found alike, or not, when it was entered.
  if (!keys.some((key) => values[key] && values[key] !== read?.[key])) return null
  return Object.fromEntries(keys.filter((key) => values[key]).map((key) => [`f.${key}`, String(values[key])]))
}

export function useDuplicates(definition: () => Definition | undefined, values: Values, record: () => { id: string; values: Values } | null) {
  const found = shallowRef<Duplicate[]>([])
  const question = computed(() => {
    const known = definition()
    return known ? JSON.stringify(questionOf(known, values, record()?.values ?? null)) : 'null'
  })
  let pause: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function ask(): Promise<void> {
    const mine = ++asked
    const given = JSON.parse(question.value) as Record<string, string> | null
    const identifier = definition()?.identifier
    if (!given || !identifier) return void (found.value = [])
    try {
      const query = { ...given, but: record()?.id }
      const answer = await api.get('/objects/{identifier}/duplicates', { params: { path: { identifier }, query } })
      if (mine === asked) found.value = answer
    } catch (error) {
      // A hint that does not come is none: saving goes on without it.
      if (!isApiError(error)) throw error
      if (mine === asked) found.value = []
    }
  }
  watch(question, () => {
    clearTimeout(pause)
    pause = setTimeout(() => void ask(), TYPING_PAUSE_MS)
  })
  onBeforeUnmount(() => clearTimeout(pause))
  return { found }
}
