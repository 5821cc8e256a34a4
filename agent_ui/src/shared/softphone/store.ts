/** The telephone of this page, as the screens see it. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { SoftphoneAccount } from '@/shared/api'
import { JsSipPhone } from './jssip'
import { playLow, playTick, prepareRinging, startRinging, stopRinging } from './ringer'
import type { Devices, LineState, PhoneCall, Quality } from './types'

const STORED = 'cc.devices'
interface Settings extends Devices { volume: number }
const defaults: Settings = { microphone: '', speaker: '', ringer: '', volume: 0.6 }

export const useSoftphone = defineStore('softphone', () => {
  const line = ref<LineState>('off')
  const call = shallowRef<PhoneCall | null>(null)
  const quality = shallowRef<Quality | null>(null)
  const trouble = ref<string | null>(null)
  const settings = reactive<Settings>({ ...defaults, ...JSON.parse(localStorage.getItem(STORED) ?? '{}') })
  watch(settings, () => localStorage.setItem(STORED, JSON.stringify(settings)))

  const phone = new JsSipPhone(
    {
      line: (state) => (line.value = state),
      call: follow,
      quality: (next) => {
        if (next?.level === 'poor' && quality.value?.level !== 'poor') playLow()
        quality.value = next
      },
      trouble: (code) => (trouble.value = code),
    },
    () => settings,
  )

  function follow(next: PhoneCall | null): void {
    const before = call.value
    call.value = next
    if (next?.state === 'ringing' && before?.id !== next.id && !next.autoAnswer) void startRinging(settings.volume, settings.ringer)
    if (next?.autoAnswer && before?.id !== next.id) playTick()
    if (next?.state !== 'ringing') stopRinging()
    if (next) trouble.value = next.state === 'ringing' ? null : trouble.value
  }

  const ready = computed(() => line.value === 'registered')
  const start = (account: SoftphoneAccount): void => {
    prepareRinging()
    phone.start(account)
  }
  const stop = (): void => phone.stop()
  const answer = (): Promise<void> => phone.answer()
  const hangUp = (): void => phone.hangUp()
  const toggleHold = (): void => phone.hold(!call.value?.held)
  const toggleMute = (): void => phone.mute(!call.value?.muted)
  const digit = (key: string): void => phone.digit(key)

  // Leaving the page interrupts the call: the browser asks first.
  window.addEventListener('beforeunload', (event) => {
    if (call.value) event.preventDefault()
  })
  // A page that closes says goodbye, so that the exchange does not ring an empty room. A talk is not
  // hung up: the page may be loaded anew, and takes it back.
  window.addEventListener('pagehide', () => {
    if (call.value?.state !== 'talking') stop()
  })

  return { line, call, quality, trouble, settings, ready, start, stop, answer, hangUp, toggleHold, toggleMute, digit }
})
