/** One schedule while it is worked on: what was read, what stands here, and whether the two differ. */
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, asRead, isApiError, type ApiError, type Schedule, type ScheduleBody } from '@/shared/api'
import { bodyOf, draftOf, newDraft, stillWrong, type Draft } from './schedules'

export const NEW = 'new'

export function useSchedule() {
  const schedule = shallowRef<Schedule | null>(null)
  const draft = ref<Draft>(newDraft())
  const before = ref(JSON.stringify(bodyOf(draft.value)))
  const sent = shallowRef<ScheduleBody | null>(null)
  const failure = shallowRef<ApiError | null>(null)
  const readError = shallowRef<ApiError | null>(null)
  const loaded = ref(false)
  const saving = ref(false)
  const body = computed(() => bodyOf(draft.value))
  const dirty = computed(() => JSON.stringify(body.value) !== before.value)
  const stale = computed(() => failure.value?.status === 412)
  const errors = computed(() => (failure.value && sent.value ? stillWrong(failure.value.fieldErrors, sent.value, body.value) : {}))

  function show(next: Schedule | null): void {
    schedule.value = next
    draft.value = next ? draftOf(next) : newDraft()
    before.value = JSON.stringify(body.value)
    failure.value = null
    loaded.value = true
  }
  async function load(id: string): Promise<boolean> {
    loaded.value = false
    readError.value = null
    try {
      show(id === NEW ? null : await api.get('/schedules/{schedule_id}', { params: { path: { schedule_id: id } } }))
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      readError.value = error
      return false
    }
  }
  /** True when it is on the server; what was typed meanwhile stays. */
  async function save(): Promise<boolean> {
    if (saving.value) return false
    const [known, asked] = [schedule.value, body.value]
    saving.value = true
    try {
      const next = known
        ? await api.patch('/schedules/{schedule_id}', { params: { path: { schedule_id: known.id }, header: asRead(known) }, body: asked })
        : await api.post('/schedules', { body: asked })
      const typed = JSON.stringify(body.value) === JSON.stringify(asked) ? null : draft.value
      show(next)
      if (typed) draft.value = typed
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      sent.value = asked
      failure.value = error
      return false
    } finally {
      saving.value = false
    }
  }
  return reactive({ schedule, draft, body, failure, readError, loaded, saving, dirty, stale, errors, load, save })
}
