/** What waits for this agent: appointments, calling tasks, open work orders. Read again when something changed, and each minute. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, isApiError, type Appointment, type Attempt, type CallingTask, type Work } from '@/shared/api'
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
      work.value = await api.get<Work>('/console/work')
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

  async function takeNext(task: CallingTask): Promise<void> {
    taking.value = true
    await attempt(async () => {
      const answer = await api.post<{ attempt: Attempt } | null>(`/calling-tasks/${task.id}/next`)
      if (answer) await contacts.preview({ ...answer.attempt, task: answer.attempt.task ?? { id: task.id, name: task.name } })
      else say(t('task.empty'))
    })
    taking.value = false
    void load()
  }
  async function finish(appointment: Appointment): Promise<void> {
    await attempt(() => api.post(`/appointments/${appointment.id}/done`))
    await load()
  }

  return { work, nextAppointment, taking, load, start, takeNext, finish }
})
