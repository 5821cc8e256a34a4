/** A key that must be held: for what must not happen by a slip of the finger. Works inside text fields. */
import { onBeforeUnmount, onMounted } from 'vue'

export function useHeldKey(key: string, milliseconds: number, act: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const down = (event: KeyboardEvent) => {
    if (event.key !== key) return
    event.preventDefault()
    if (!event.repeat) timer = setTimeout(act, milliseconds)
  }
  const up = (event: KeyboardEvent) => {
    if (event.key === key) clearTimeout(timer)
  }
  onMounted(() => {
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    window.removeEventListener('keydown', down)
    window.removeEventListener('keyup', up)
  })
}
