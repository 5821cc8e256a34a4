/** The options of code tables that the draft names, loaded once each while the designer is open. */
import { onScopeDispose, reactive, watch } from 'vue'
import { api, isApiError } from '@/shared/api'
import { fieldsOf, type Doc, type DocOption } from './document'
import type { Codes } from './preview'

export function useCodes(doc: () => Doc | null): Codes {
  const known = reactive<Codes>({})
  const leaving = new AbortController()
  async function load(key: string): Promise<void> {
    known[key] = []
    try {
      const table = await api.get('/code-tables/{key}', { params: { path: { key } }, signal: leaving.signal })
      known[key] = table.items as DocOption[]
    } catch (cause) {
      if (!leaving.signal.aborted && !isApiError(cause)) throw cause
      // The next change of the draft asks again; that there is no such table is among the problems.
      delete known[key]
    }
  }
  watch(doc, (now) => {
    for (const field of now ? fieldsOf(now) : []) {
      const key = String(field.settings?.codes ?? '')
      if (key && !(key in known)) void load(key)
    }
  }, { immediate: true })
  onScopeDispose(() => leaving.abort())
  return known
}
