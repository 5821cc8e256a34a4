/** A flow's draft tried on a phone: the page's own, or an extension that is rung. What happens comes by the flow's room. */
import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import { api, isApiError, type ApiError, type TrialInFlow } from '@/shared/api'
import { toInstant } from '@/shared/fields/datetime/zone'
import { useRealtime } from '@/shared/realtime/store'
import { useSoftphone } from '@/shared/softphone/store'
import { NO_MARKS, type Marks } from '../components/canvas'
import type { FlowDesign } from './useFlow'
import { walkedOf, type TrialSettings } from './useTry'

const REGISTERS_MS = 15_000
const TRIALS = '/ivr-services/{service_id}/trial-calls'
/** `unsaved`: the draft could not be saved, so it is not what would be tried. `phone`: the page's phone does not register. */
export type Trouble = '' | 'unsaved' | 'phone' | 'microphone'

export function useTryCall(design: FlowDesign, settings: TrialSettings) {
  const realtime = useRealtime()
  const softphone = useSoftphone()
  const phone = ref('')
  const acts = ref(false)
  const id = ref('')
  const service = ref('')
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  const trouble = ref<Trouble>('')
  let leave: (() => void) | null = null
  let lent = false
  let left = false
  /** One more with each trial that is begun or given up: an answer for an earlier one is too late. */
  const turn = ref(0)

  /** Kept when the room has forgotten it, so that what was said stays in sight. */
  const answer = shallowRef<TrialInFlow | null>(null)
  const all = realtime.values<TrialInFlow>('ivr:', 'trial:')
  watch(() => all.value.find((one) => one.id === id.value), (now, before) => {
    if (now) answer.value = now
    // Telephony began anew and knows it no more, or it ended while this page slept.
    else if (before?.id === id.value) gone()
  })
  watch(() => softphone.trouble, (now) => id.value && now === 'microphone' && (trouble.value = 'microphone'))
  const on = computed(() => busy.value || !!id.value)
  const running = computed(() => !!id.value && answer.value?.state !== 'ended')

  /** The account is new each time; the exchange knows it when it has been lent. */
  async function registered(late: () => boolean): Promise<boolean> {
    if (softphone.ready) return true
    lent = true
    const account = await api.post('/page-phone')
    // What was given back as the page was left has been lent only after that.
    if (left) giveBack()
    if (late()) return false
    softphone.start(account)
    return new Promise((done) => {
      const end = (found: boolean) => {
        clearTimeout(limit)
        unwatch()
        done(found)
      }
      const limit = setTimeout(() => end(false), REGISTERS_MS)
      const unwatch = watch([() => softphone.ready, turn], () => (late() ? end(false) : softphone.ready && end(true)))
    })
  }
  async function begin(): Promise<void> {
    if (busy.value || running.value) return
    const mine = ++turn.value
    const late = () => mine !== turn.value
    busy.value = true
    id.value = ''
    error.value = answer.value = null
    trouble.value = ''
    try {
      const saved = await design.save()
      if (late()) return
      if (!saved) return void (trouble.value = 'unsaved')
      const there = !!phone.value || (await registered(late))
      if (late()) return
      if (!there) return void (trouble.value = 'phone')
      const variables = Object.fromEntries(Object.entries(settings.variables).filter(([name]) => name))
      const body = { phone: phone.value || null, caller: settings.caller.trim(), called: settings.called ?? '', at: toInstant(settings.at), variables, reads: settings.live, acts: acts.value }
      const path = { service_id: design.id }
      const begun = await api.post(TRIALS, { params: { path }, body })
      if (late()) return void (await api.delete(`${TRIALS}/{trial_id}`, { params: { path: { ...path, trial_id: begun.id } } }))
      service.value = path.service_id
      leave?.()
      leave = realtime.watch(begun.room)
      id.value = begun.id
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      if (late()) return
      error.value = cause
      // Telephony has forgotten what it lent: the next try asks for another one.
      if (cause.code === 'phone-not-registered' && !phone.value) softphone.stop()
    } finally {
      if (!late()) busy.value = false
    }
  }
  /** With nothing heard of it there is nothing to show. */
  function gone(): void {
    if (!answer.value) id.value = ''
    else if (answer.value.state !== 'ended') answer.value = { ...answer.value, state: 'ended', waits: null }
  }
  async function ask(act: () => Promise<unknown>): Promise<void> {
    const mine = turn.value
    error.value = null
    try {
      await act()
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      // One that is over in the same moment needs no hanging up.
      if (cause.code !== 'unknown-call') error.value = cause
      else if (mine === turn.value) gone()
    }
  }
  const trialPath = () => ({ path: { service_id: service.value, trial_id: id.value } })
  async function hangUp(): Promise<void> {
    if (running.value) await ask(() => api.delete(`${TRIALS}/{trial_id}`, { params: trialPath() }))
  }
  const outcome = (exit: string, sets: Record<string, string>) => ask(() => api.post(`${TRIALS}/{trial_id}/answer`, { params: trialPath(), body: { exit, sets: Object.fromEntries(Object.entries(sets).filter(([, value]) => value !== '')) } }))
  /** Back to the settings of the call. */
  function stop(): void {
    void hangUp()
    turn.value++
    busy.value = false
    leave?.()
    leave = null
    id.value = ''
    answer.value = error.value = null
    trouble.value = ''
  }
  function giveBack(): void {
    void api.delete('/page-phone').catch(() => undefined)
  }
  onScopeDispose(() => {
    left = true
    stop()
    if (!lent) return
    softphone.stop()
    giveBack()
  })

  const marks = computed<Marks>(() => (answer.value ? { ...NO_MARKS, active: answer.value.service === design.id ? answer.value.node : '', walked: walkedOf(answer.value.lines, design.id) } : NO_MARKS))
  return reactive({ phone, acts, on, running, busy, error, trouble, answer, marks, begin, hangUp, outcome, stop, press: (key: string) => softphone.digit(key) })
}
export type FlowCall = ReturnType<typeof useTryCall>
