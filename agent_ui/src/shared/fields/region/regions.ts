/** The regions of the country, fetched once a page when one is first asked for. */
import { computed, nextTick, shallowRef } from 'vue'
import { api, isApiError, type Region } from '@/shared/api'
import { complain } from '@/shared/confirm'
import { caption } from '@/shared/i18n'

export const regions = shallowRef<Region[]>([])
let asked: Promise<Region[]> | null = null

/** Ends when pickers show them: whoever types before is searched for then, instead of in an empty tree. */
export async function loadRegions(): Promise<void> {
  if (regions.value.length) return nextTick()
  asked ??= api.get('/regions')
  try {
    regions.value = await asked
    await nextTick()
  } catch (error) {
    if (!isApiError(error)) throw error
    complain(error.message)
  } finally {
    asked = null
  }
}
const known = computed(() => new Map(regions.value.map((one) => [one.code, one])))
/** From the province down, without the steps that nobody calls by a name; the code as long as they are not there. */
export function regionText(code: string): string {
  const path: string[] = []
  for (let one = known.value.get(code); one; one = known.value.get(one.parent ?? '')) if (!one.step) path.unshift(caption(one.name))
  return path.join(' / ') || code
}
