/** A list that asks again by itself, where its user wants that: each minute, while it is looked at. */
import { onBeforeUnmount, ref, watch } from 'vue'

const EVERY_MS = 60_000

export function useRefresh(key: string, load: () => Promise<void>) {
  const place = `query-refresh:${key}`
  const on = ref(localStorage.getItem(place) === 'on')
  const look = () => on.value && document.visibilityState === 'visible' && void load()
  const timer = setInterval(look, EVERY_MS)
  document.addEventListener('visibilitychange', look)
  watch(on, (now) => localStorage.setItem(place, now ? 'on' : 'off'))
  onBeforeUnmount(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  })
  return on
}
