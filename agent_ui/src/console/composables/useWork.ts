/** What waits for this agent: appointments, calling tasks, open work orders. Read again when something changed, and each minute. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, isApiError, type Appointment, type OwnTask, type Work } from '@/shared/api'
import { attempt, say } from '@/shared/confirm'
import { t } from '@/shared/i18n'
import { useContacts } from './useContacts'

const EVERY_MS = 60_000

export const useWork = defineStore('work', () => {
  const contacts = useContacts()
  const work = shallowRef<Work | null>(null)
  const taking = ref(false)
  let timer: ReturnType<typeof setInterval> | undefined

  async function load(): Promise<void> {
    try {
      work.value = await api.get('/console/work')
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  function start(): () => void {
    void load()
    timer = setInterval(() => void load(), EVERY_MS)
    return () => clearInterval(timer)
  }

  const nextAppointment = computed<Appointment | null>(() => work.value?.appointments.find((one) => one.status === 'open') ?? null)

  async function takeNext(task: OwnTask): Promise<void> {
    taking.value = true
    await attempt(async () => {
      const answer = await api.post('/calling-tasks/{task_id}/next', { params: { path: { task_id: task.id } } })
      if (answer) await contacts.preview(answer.attempt)
      else say(t('task.empty'))
    })
    taking.value = false
    void load()
  }
  async function finish(appointment: Appointment): Promise<void> {
    await attempt(() => api.post('/appointments/{appointment_id}/done', { params: { path: { appointment_id: appointment.id } } }))
    await load()
  }

  return { work, nextAppointment, taking, load, start, takeNext, finish }
})
