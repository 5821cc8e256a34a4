/** A document with its past and future. Changes of one kind in quick succession (typing) are one step. */
import { computed, ref, shallowRef, type ShallowRef } from 'vue'

const SAME_STEP_MS = 1200
const MOST_STEPS = 200

export function useUndo<T extends object>(current: ShallowRef<T | null>, changed: () => void) {
  const past = shallowRef<T[]>([])
  const future = shallowRef<T[]>([])
  const last = ref({ tag: '', at: 0 })

  /** True when something was changed. `tag` names the kind of change, '' stands alone. */
  function apply(change: (now: T) => T, tag = ''): boolean {
    const now = current.value
    if (!now) return false
    const next = change(now)
    if (next === now) return false
    const at = Date.now()
    if (!tag || tag !== last.value.tag || at - last.value.at > SAME_STEP_MS || !past.value.length) past.value = [...past.value, now].slice(-MOST_STEPS)
    last.value = { tag, at }
    future.value = []
    current.value = next
    changed()
    return true
  }

  function go(from: ShallowRef<T[]>, to: ShallowRef<T[]>): void {
    const next = from.value.at(-1)
    if (!next || !current.value) return
    from.value = from.value.slice(0, -1)
    to.value = [...to.value, current.value]
    current.value = next
    last.value = { tag: '', at: 0 }
    changed()
  }

  /** Another document takes the place; what was there can be had back by undo, unless it is to be forgotten. */
  function replace(next: T, forget = false): void {
    past.value = forget || !current.value ? [] : [...past.value, current.value].slice(-MOST_STEPS)
    future.value = []
    last.value = { tag: '', at: 0 }
    current.value = next
  }

  return { apply, replace, undo: () => go(past, future), redo: () => go(future, past), canUndo: computed(() => past.value.length > 0), canRedo: computed(() => future.value.length > 0) }
}
