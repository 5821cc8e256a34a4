/** One clock for every timer on the page: the server's time, ticking on its whole second. */
import { readonly, ref } from 'vue'
import { clockOffset } from '@/shared/api'

const now = ref(Date.now())
let running = false

function tick(): void {
  now.value = Date.now() + clockOffset()
  setTimeout(tick, 1000 - (now.value % 1000) + 5)
}

export function useNow() {
  if (!running) {
    running = true
    tick()
  }
  return readonly(now)
}

export const secondsSince = (at: string | null | undefined, now: number): number =>
  at ? Math.max(0, (now - new Date(at).getTime()) / 1000) : 0
