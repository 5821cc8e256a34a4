/** A recording by the page's microphone: made, heard, made again, until it is kept. */
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { useMicrophone } from '@/shared/composables/useMicrophone'

/** The first that the browser knows; the server tells by what the file holds. */
const FORMS = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus']
export const LONGEST_SECONDS = 600

export function useRecorder() {
  const microphone = useMicrophone()
  const since = ref<number | null>(null)
  const made = shallowRef<Blob | null>(null)
  const address = ref('')
  let recorder: MediaRecorder | null = null
  let limit: ReturnType<typeof setTimeout> | undefined
  const form = FORMS.find((one) => typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(one))

  function drop(): void {
    if (address.value) URL.revokeObjectURL(address.value)
    address.value = ''
    made.value = null
  }
  async function start(): Promise<void> {
    if (recorder || !form) return
    drop()
    if (!(await microphone.open()) || !microphone.stream.value) return
    const parts: Blob[] = []
    recorder = new MediaRecorder(microphone.stream.value, { mimeType: form, audioBitsPerSecond: 64_000 })
    recorder.addEventListener('dataavailable', (event) => parts.push(event.data))
    recorder.addEventListener('stop', () => {
      made.value = new Blob(parts, { type: form })
      address.value = URL.createObjectURL(made.value)
      recorder = since.value = null
      microphone.close()
    })
    recorder.start()
    since.value = Date.now()
    limit = setTimeout(stop, LONGEST_SECONDS * 1000)
  }
  function stop(): void {
    clearTimeout(limit)
    if (recorder?.state === 'recording') recorder.stop()
  }
  onScopeDispose(() => {
    stop()
    drop()
  })
  return { since, made, address, start, stop, drop, level: microphone.level, missing: computed(() => !form || microphone.state.value === 'none'), recording: computed(() => since.value !== null) }
}
