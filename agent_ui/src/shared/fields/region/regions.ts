/** The regions of the country, fetched once a page when one is first asked for. */
import { shallowRef } from 'vue'
import { api, isApiError, type Region } from '@/shared/api'
import { complain } from '@/shared/confirm'

export const regions = shallowRef<Region[]>([])
let asked: Promise<Region[]> | null = null

export async function loadRegions(): Promise<void> {
  if (regions.value.length) return
  asked ??= api.get('/regions')
  try {
    regions.value = await asked
  } catch (error) {
    asked = null
    if (!isApiError(error)) throw error
    complain(error.message)
  }
}
/** From the province down; the code as long as they are not there. */
export const regionText = (code: string): string => regions.value.find((one) => one.code === code)?.path ?? code
