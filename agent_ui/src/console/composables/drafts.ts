/** Drafts: at once on this computer, a moment later on the server. The newer of the two wins. */
import { api, isApiError, type Draft, type Values } from '@/shared/api'

export interface DraftBody extends Record<string, unknown> { values: Values; disposition_id: string | null; note: string; record_id: string | null }
export interface StoredDraft { body: DraftBody; at: string }

const PREFIX = 'cc.draft.'
const storageKey = (key: string, owner: string) => `${PREFIX}${owner}.${key}`

export function readLocal(owner: string, key: string): StoredDraft | null {
  const text = localStorage.getItem(storageKey(key, owner))
  return text ? (JSON.parse(text) as StoredDraft) : null
}
export function writeLocal(owner: string, key: string, body: DraftBody): string {
  const at = new Date().toISOString()
  localStorage.setItem(storageKey(key, owner), JSON.stringify({ body, at }))
  return at
}
export const dropLocal = (owner: string, key: string): void => localStorage.removeItem(storageKey(key, owner))

export const newest = (local: StoredDraft | null, remote: Draft | null): StoredDraft | null => {
  const server = remote ? { body: remote.payload as DraftBody, at: remote.updated_at } : null
  if (!local || !server) return local ?? server
  return local.at > server.at ? local : server
}

const at = (key: string) => ({ path: { key } })
/** `leaving`: the page is about to go; the browser finishes the request without it. */
export const writeRemote = (key: string, body: DraftBody, leaving = false): Promise<unknown> =>
  api.put('/drafts/{key}', { params: at(key), body: { payload: body }, keepalive: leaving })

/** A draft that is not there is as good as dropped. */
export async function dropRemote(key: string): Promise<void> {
  await api.delete('/drafts/{key}', { params: at(key) }).catch((error: unknown) => {
    if (!isApiError(error)) throw error
  })
}
