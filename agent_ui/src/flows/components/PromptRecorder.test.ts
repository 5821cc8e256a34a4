import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { IvrPrompt } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import PromptRecorder from './PromptRecorder.vue'

vi.mock('../composables/useTake', async () => {
  const { ref } = await import('vue')
  return { useTake: () => ({ take: ref(null), running: ref(false), error: ref(null), start: vi.fn(), stop: vi.fn() }) }
})

class Recorder extends EventTarget {
  static isTypeSupported = () => true
  state = 'inactive'
  start(): void {
    this.state = 'recording'
  }
  stop(): void {
    this.state = 'inactive'
    this.dispatchEvent(new Event('stop'))
  }
}
class Context {
  createAnalyser = () => ({ fftSize: 1, getFloatTimeDomainData: () => undefined })
  createMediaStreamSource = () => ({ connect: () => undefined })
  close = async () => undefined
}
let asked: ((stream: unknown) => void)[] = []
const ended = vi.fn()
const stream = { getTracks: () => [{ stop: ended }], getAudioTracks: () => [{ label: 'Headset' }] }
const keep = vi.fn<(made: Blob) => Promise<boolean>>()

beforeAll(() => setLocale('en'))
beforeEach(() => {
  asked = []
  ended.mockReset()
  keep.mockReset()
  vi.stubGlobal('MediaRecorder', Recorder)
  vi.stubGlobal('AudioContext', Context)
  vi.stubGlobal('navigator', { ...navigator, mediaDevices: { getUserMedia: () => new Promise((given) => asked.push(given)) } })
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:made')
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const shown = () => mount(PromptRecorder, { props: { prompt: { id: 'p1' } as IvrPrompt, language: 'en', busy: false, keep }, global: { plugins: [i18n], stubs: { LevelMeter: true, LiveTimer: true, PhoneSelect: true } } })
async function press(recorder: ReturnType<typeof shown>, id: string): Promise<void> {
  await recorder.get(`[data-test="${id}"]`).trigger('click')
  await flushPromises()
}

it('keeps what was spoken until it has been taken', async () => {
  const recorder = shown()
  await press(recorder, 'record-page-en')
  asked[0]?.(stream)
  await flushPromises()
  await press(recorder, 'record-stop-en')
  keep.mockResolvedValueOnce(false).mockResolvedValueOnce(true)
  await press(recorder, 'record-keep-en')
  expect(recorder.find('[data-test="record-audio-en"]').exists()).toBe(true)
  await press(recorder, 'record-keep-en')
  expect([keep.mock.calls.length, recorder.find('[data-test="record-audio-en"]').exists()]).toEqual([2, false])
})

it('asks for the microphone once, however often it is clicked', async () => {
  const recorder = shown()
  for (let n = 0; n < 3; n++) await press(recorder, 'record-page-en')
  expect(asked.length).toBe(1)
  asked[0]?.(stream)
  await flushPromises()
  expect(recorder.find('[data-test="record-stop-en"]').exists()).toBe(true)
})

it('closes a microphone that is given after the drawer was closed', async () => {
  const recorder = shown()
  await press(recorder, 'record-page-en')
  recorder.unmount()
  asked[0]?.(stream)
  await flushPromises()
  expect(ended).toHaveBeenCalledTimes(1)
})
