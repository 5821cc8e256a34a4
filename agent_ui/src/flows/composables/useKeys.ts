/** A key for each entry of a list that is never changed in place: it stays with the entry when it moves, and when it is changed. */
import { computed } from 'vue'

export function useKeys<T extends object>(list: () => readonly T[]) {
  const known = new WeakMap<T, number>()
  let before: readonly T[] = []
  let next = 0
  return computed(() => {
    const now = list()
    const kept = new Set(now)
    const keys = now.map((one, at) => {
      const old = before[at]
      // In the place of one that is gone stands the same one, changed.
      const key = known.get(one) ?? (old && !kept.has(old) && before.length === now.length ? known.get(old) : undefined) ?? next++
      known.set(one, key)
      return key
    })
    before = now
    return keys
  })
}
