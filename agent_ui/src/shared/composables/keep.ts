/** A document that could not be saved is kept on this computer until it is saved or given up. */
export interface Kept<T> { document: T; at: string }

const storageKey = (owner: string, identifier: string) => `cc.design.${owner}.${identifier}`

export function keepLocal(owner: string, identifier: string, document: object, at = new Date().toISOString()): void {
  try {
    localStorage.setItem(storageKey(owner, identifier), JSON.stringify({ document, at } satisfies Kept<object>))
  } catch {
    // A full store keeps nothing; the page itself still has it.
  }
}
export const dropKept = (owner: string, identifier: string): void => localStorage.removeItem(storageKey(owner, identifier))

/** What was kept, unless the server has the same by now. */
export function readKept<T>(owner: string, identifier: string, held: T): Kept<T> | null {
  const text = localStorage.getItem(storageKey(owner, identifier))
  if (!text) return null
  try {
    const kept = JSON.parse(text) as Kept<T>
    if (JSON.stringify(kept.document) !== JSON.stringify(held)) return kept
  } catch {
    // Not ours, or torn: nothing to offer.
  }
  dropKept(owner, identifier)
  return null
}
