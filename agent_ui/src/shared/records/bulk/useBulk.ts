/** An act on several records: asked for once, and followed until it has ended. */
import { api, newKey, once, type BulkBody, type BulkOutcome } from '@/shared/api'
import { useTransfer } from '../transfer/useTransfer'

export function useBulk(identifier: string) {
  const path = { identifier }
  const at = (id: string) => ({ params: { path: { ...path, bulk_id: id } } })
  const work = useTransfer<BulkOutcome>((id) => api.get('/objects/{identifier}/bulk/{bulk_id}', at(id)))
  const start = (body: BulkBody) => work.act(() => api.post('/objects/{identifier}/bulk', { params: { path, header: once(newKey()) }, body }))
  const cancel = (id: string) => work.act(() => api.post('/objects/{identifier}/bulk/{bulk_id}/cancel', at(id)))
  function show(value: BulkOutcome | null): void {
    work.error.value = null
    work.show(value)
  }
  return { ...work, show, start, cancel }
}
export type Bulk = ReturnType<typeof useBulk>
