/** A recording by the page's microphone: made, heard, made again, until it is kept. */
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { useMicrophone } from '@/shared/composables/useMicrophone'

/** The first that the browser knows; the server tells by what the file holds. */
const FORMS = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus']
/** Below what the server takes (600): what is recorded is a little longer than what was waited. */
const LONGEST_SECONDS = 595

export function useRecorder() {
  const microphone = useMicrophone()
  const since = ref<number | null>(null)
  const made = shallowRef<Blob | null>(null)
  const address = ref('')
  const opening = ref(false)
  let left = false
  let recorder: MediaRecorder | null = null
  let limit: ReturnType<typeof setTimeout> | undefined
  const form = FORMS.find((one) => typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(one))

  function drop(): void {
    if (address.value) URL.revokeObjectURL(address.value)
    address.value = ''
    made.value = null
  }
  async function start(): Promise<void> {
    if (recorder || opening.value || !form) return
    drop()
    opening.value = true
    const open = await microphone.open().finally(() => (opening.value = false))
    // While permission was asked for, the page may have been left: then nobody would close it again.
    if (left) return microphone.close()
    if (!open || !microphone.stream.value) return
    const parts: Blob[] = []
    recorder = new MediaRecorder(microphone.stream.value, { mimeType: form, audioBitsPerSecond: 64_000 })
    recorder.addEventListener('dataavailable', (event) => parts.push(event.data))
    recorder.addEventListener('stop', () => {
      if (left) return
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
    left = true
    stop()
    drop()
  })
  return { since, made, address, opening, start, stop, drop, level: microphone.level, missing: computed(() => !form || microphone.state.value === 'none'), recording: computed(() => since.value !== null) }
}
