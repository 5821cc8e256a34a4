/** What waits at the bell: counted when the server says that something changed, listed when it is opened. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useSession } from '@/session/store'
import { api, isApiError, type ApiError, type Notice } from '@/shared/api'
import { useRealtime } from '@/shared/realtime/store'

const PAGE_SIZE = 20

export const useNotices = defineStore('notices', () => {
  const realtime = useRealtime()
  const session = useSession()
  const unread = ref(0)
  const items = shallowRef<Notice[]>([])
  const total = ref(0)
  const error = shallowRef<ApiError | null>(null)
  const loaded = ref(false)
  const hint = computed(() => realtime.rooms[`user:${session.me?.user.id}`]?.state.notices)
  let page = 0

  async function safely(act: () => Promise<void>): Promise<void> {
    try {
      await act()
      error.value = null
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    }
  }
  const count = (): Promise<void> => safely(async () => void (unread.value = (await api.get('/notices/unread')).unread))

  async function read(next: number): Promise<void> {
    await safely(async () => {
      const found = await api.get('/notices', { params: { query: { page: next, page_size: PAGE_SIZE } } })
      const known = next === 1 ? [] : items.value
      // What came meanwhile has pushed some over to the next page.
      items.value = [...known, ...found.items.filter((one) => !known.some((other) => other.id === one.id))]
      total.value = found.total
      page = next
      loaded.value = true
    })
  }
  const open = (): Promise<void> => read(1)
  const more = (): Promise<void> => read(page + 1)

  async function markRead(one: Notice): Promise<void> {
    if (one.read_at) return
    await safely(async () => {
      const marked = await api.post('/notices/{notice_id}/read', { params: { path: { notice_id: one.id } } })
      items.value = items.value.map((other) => (other.id === one.id ? marked : other))
      unread.value = Math.max(0, unread.value - 1)
    })
  }
  async function markAll(): Promise<void> {
    const newest = items.value[0]
    if (!newest) return
    await safely(async () => {
      unread.value = (await api.post('/notices/read', { body: { until: newest.at } })).unread
      await read(1)
    })
  }

  watch(hint, () => void count(), { immediate: true })
  return { unread, items, total, error, loaded, open, more, markRead, markAll }
})
