/** What of this document never reached the server, and is offered when it is opened again. */
import { onScopeDispose, shallowRef, type Ref, type ShallowRef } from 'vue'
import { dropKept, keepLocal, readKept, type Kept } from './keep'

export function useKept<T extends object>(owner: string, identifier: Ref<string>, doc: ShallowRef<T | null>, unsaved: () => boolean) {
  const kept = shallowRef<Kept<T> | null>(null)

  const keep = (): void => {
    if (doc.value) keepLocal(owner, identifier.value, doc.value)
  }
  /** Nothing is left to keep; what is still on offer is, until it is taken or dropped. */
  const forget = (): void => (kept.value ? keepLocal(owner, identifier.value, kept.value.document, kept.value.at) : dropKept(owner, identifier.value))
  const offer = (held: T): void => {
    kept.value = readKept(owner, identifier.value, held)
  }
  function take(use: (document: T) => void): void {
    const held = kept.value
    kept.value = null
    if (held) use(held.document)
  }
  function drop(): void {
    kept.value = null
    forget()
  }
  const leave = (): void => {
    if (unsaved()) keep()
  }
  addEventListener('pagehide', leave)
  onScopeDispose(() => removeEventListener('pagehide', leave))

  return { kept, keep, forget, offer, take, drop }
}
