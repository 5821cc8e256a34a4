/** What the numbers of a list come to over all its pages: asked for when the list finds something else, not when it is paged or sorted. */
import { shallowRef, watch, type ShallowRef } from 'vue'
import { api, isApiError, type Field, type RecordTotals } from '@/shared/api'

interface Listed { q: string; filters: Record<string, string> }

/** Those whose values the reader sees as they are. */
export const addsUp = (field: Field): boolean =>
  field.access !== 'mask' && (['integer', 'decimal', 'money'].includes(field.type) || field.formula?.result === 'number')

/** As people read it; its places stay, for it is exact. */
export function amount(field: Field, text: string | null): string {
  if (text === null) return '—'
  const [whole = '0', places] = text.replace('-', '').split('.')
  const number = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (places ? `.${places}` : '')
  return `${text.startsWith('-') ? '-' : ''}${field.sign ?? ''}${number}`
}

export interface Totals { read: ShallowRef<RecordTotals | null>; load: () => Promise<void> }

/** `found`: what the list has just read. `load`: after records were changed without the list finding others. */
export function useTotals(identifier: string, fields: () => Field[], listed: () => Listed, found: () => unknown): Totals {
  const read = shallowRef<RecordTotals | null>(null)
  const keys = () => fields().filter(addsUp).map((field) => field.key).join(',')
  let asked = ''
  let turn = 0
  async function load(): Promise<void> {
    const mine = ++turn
    asked = wished()
    const { q, filters } = listed()
    const params = { path: { identifier }, query: { ...filters, fields: keys(), q } }
    try {
      const totals = keys() ? await api.get('/objects/{identifier}/records/totals', { params }) : null
      if (mine === turn) read.value = totals
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      // The list itself tells what went wrong; sums of another moment would be wrong as well.
      if (mine === turn) read.value = null
    }
  }
  const wished = () => JSON.stringify([keys(), listed()])
  watch([keys, found], () => wished() !== asked && void load())
  return { read, load }
}
