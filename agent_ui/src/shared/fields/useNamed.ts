/** What somebody or something is called of which only the id is known: kept lists and views hold no names. */
import { ref, watch, type Ref } from 'vue'
import { isApiError } from '@/shared/api'

export type NameOf = (id: string) => Promise<string | undefined>

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function useNamed(id: () => string | undefined, ask: () => NameOf | undefined): Ref<string | undefined> {
  const name = ref<string>()
  watch([id, ask], async ([now, nameOf]) => {
    name.value = undefined
    if (!now || !nameOf || !ID.test(now)) return
    try {
      const found = await nameOf(now)
      if (id() === now) name.value = found
    } catch (error) {
      // Gone or out of reach: the id is all that can be told.
      if (!isApiError(error)) throw error
    }
  }, { immediate: true })
  return name
}
