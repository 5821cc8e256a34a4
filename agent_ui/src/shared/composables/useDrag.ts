/** Order by dragging: native events, one thing at a time, a mark where it would land. */
import { ref, shallowRef } from 'vue'

/** `after`: behind the thing it is held over, else before it. */
export interface Dragging<T> {
  allows?: (item: T, target: T) => boolean
  drop: (item: T, target: T, after: boolean) => void
}

export function useDrag<T extends string>({ allows, drop }: Dragging<T>) {
  const item = shallowRef<T | null>(null)
  const over = ref<{ target: T; after: boolean } | null>(null)

  function start(event: DragEvent, what: T): void {
    item.value = what
    event.dataTransfer?.setData('text/plain', what)
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
  }
  function hover(event: DragEvent, target: T): void {
    if (!item.value || item.value === target || (allows && !allows(item.value, target))) return
    event.preventDefault()
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const after = event.clientY > box.top + box.height / 2
    if (over.value?.target !== target || over.value.after !== after) over.value = { target: target as never, after }
  }
  function end(): void {
    item.value = null
    over.value = null
  }
  function land(event: DragEvent): void {
    event.preventDefault()
    const [what, where] = [item.value, over.value]
    end()
    if (what && where) drop(what, where.target as T, where.after)
  }

  /** All that a thing needs to be dragged and dropped upon. */
  const on = (what: T) => ({
    draggable: true, onDragstart: (event: DragEvent) => start(event, what), onDragover: (event: DragEvent) => hover(event, what), onDrop: land, onDragend: end,
  })
  const look = (what: T) => ({ dragged: item.value === what, before: over.value?.target === what && !over.value.after, after: over.value?.target === what && over.value.after })
  return { on, look, item }
}
