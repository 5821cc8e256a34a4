/** What this user has asked for and takes its time: counted as the server tells of it, listed when it is opened. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useSession } from '@/session/store'
import { api, isApiError, type ApiError, type Job } from '@/shared/api'
import { attempt } from '@/shared/confirm'
import { useRealtime } from '@/shared/realtime/store'
import { isUnderWay } from '@/shared/records/transfer/useTransfer'
import { asTold, toldOf } from './words'

const PAGE_SIZE = 20

export const useJobs = defineStore('jobs', () => {
  const realtime = useRealtime()
  const session = useSession()
  const read = shallowRef<Job[]>([])
  const total = ref(0)
  const error = shallowRef<ApiError | null>(null)
  const loaded = ref(false)
  /** Whether somebody looks at the list. */
  const watched = ref(false)
  const told = computed(() => toldOf(realtime.rooms[`user:${session.me?.user.id}`]?.state ?? {}))
  const items = computed(() => read.value.map((job) => asTold(job, told.value[job.id])))
  const running = computed(() => Object.values(told.value).filter(isUnderWay).length)
  let page = 0

  async function load(next: number): Promise<void> {
    try {
      const found = await api.get('/jobs', { params: { query: { page: next, page_size: PAGE_SIZE } } })
      const known = next === 1 ? [] : read.value
      // What was asked for meanwhile has pushed some over to the next page.
      read.value = [...known, ...found.items.filter((one) => !known.some((other) => other.id === one.id))]
      total.value = found.total
      error.value = null
      page = next
      loaded.value = true
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    }
  }
  const open = (): Promise<void> => load(1)
  const more = (): Promise<void> => load(page + 1)

  async function cancel(job: Job): Promise<void> {
    await attempt(async () => {
      const ended = await api.post('/jobs/{job_id}/cancel', { params: { path: { job_id: job.id } } })
      read.value = read.value.map((other) => (other.id === job.id ? ended : other))
    })
  }

  /** Which there are, and how each stands: a progress alone asks for nothing. */
  const standing = computed(() => Object.entries(told.value).map(([id, one]) => `${id} ${one.state}`).sort().join())
  watch(standing, () => watched.value && void open())
  return { items, total, error, loaded, watched, running, open, more, cancel }
})
