/** A prompt recorded by phone: an extension is rung, and what becomes of it is told step by step. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, asRead, isApiError, type ApiError, type IvrPrompt, type PromptTake } from '@/shared/api'
import { useRealtime } from '@/shared/realtime/store'
import type { LANGUAGES } from './definition'

type Language = (typeof LANGUAGES)[number]
const OVER = new Set(['kept', 'refused', 'ended'])
const TAKES = '/ivr-prompts/{prompt_id}/sounds/{language}/takes'

export function useTake(kept: () => void) {
  const realtime = useRealtime()
  const id = ref('')
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  const take = shallowRef<PromptTake | null>(null)
  let place: { prompt_id: string; language: Language } | null = null
  let leave: (() => void) | null = null
  /** One more with each that is begun or given up: an answer for an earlier one is too late. */
  let turn = 0

  const all = realtime.values<PromptTake>('ivr:', 'take:')
  watch(() => all.value.find((one) => one.id === id.value), (now, before) => {
    // Telephony ended it, or began anew and knows it no more.
    if (!now) {
      if (before?.id === id.value) gone()
      return
    }
    if (now.state === 'kept' && take.value?.state !== 'kept') kept()
    take.value = now
  })
  const running = computed(() => busy.value || (!!id.value && !OVER.has(take.value?.state ?? '')))

  function gone(): void {
    if (!take.value) id.value = ''
    else if (!OVER.has(take.value.state)) take.value = { ...take.value, state: 'ended' }
  }
  async function ask(act: () => Promise<void>): Promise<void> {
    error.value = null
    try {
      await act()
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (cause.code === 'unknown-call') gone()
      else error.value = cause
    }
  }
  async function start(prompt: IvrPrompt, language: Language, phone: string): Promise<void> {
    if (running.value) return
    const mine = ++turn
    busy.value = true
    id.value = ''
    take.value = null
    await ask(async () => {
      const here = (place = { prompt_id: prompt.id, language })
      const begun = await api.post(TAKES, { params: { path: here, header: asRead(prompt) }, body: { phone } })
      if (mine !== turn) return void (await api.delete(`${TAKES}/{take_id}`, { params: { path: { ...here, take_id: begun.id } } }))
      leave?.()
      leave = realtime.watch(begun.room)
      id.value = begun.id
    })
    busy.value = false
  }
  async function stop(): Promise<void> {
    turn++
    const from = place
    if (running.value && id.value && from) await ask(() => api.delete(`${TAKES}/{take_id}`, { params: { path: { ...from, take_id: id.value } } }))
  }
  onScopeDispose(() => {
    void stop()
    leave?.()
  })
  return { take, running, error, start, stop }
}
