/** Messages that nobody has taken yet: read again when the bell rings, and each minute. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useSession } from '@/session/store'
import { api, isApiError, type Voicemail } from '@/shared/api'
import { useRealtime } from '@/shared/realtime/store'

const EVERY_MS = 60_000
/** As many stand beside the desk; the others are on the page. */
const SHOWN = 3

export const useVoicemail = defineStore('voicemail', () => {
  const realtime = useRealtime()
  const session = useSession()
  const items = shallowRef<Voicemail[]>([])
  const waiting = ref(0)
  const hint = computed(() => realtime.rooms[`user:${session.me?.user.id}`]?.state.notices)

  async function load(): Promise<void> {
    try {
      const found = await api.get('/voicemail', { params: { query: { state: 'new', sort: 'left_at', page_size: SHOWN } } })
      items.value = found.items
      waiting.value = found.total
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  function start(): () => void {
    void load()
    const timer = setInterval(() => void load(), EVERY_MS)
    const stop = watch(hint, () => void load())
    return () => {
      clearInterval(timer)
      stop()
    }
  }
  return { items, waiting, hint, load, start }
})
