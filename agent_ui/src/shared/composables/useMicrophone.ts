/** The microphone, opened on request only, and how loud it is. */
import { onScopeDispose, ref, shallowRef } from 'vue'

export const LEVEL_STEPS = 12

export function useMicrophone() {
  const state = ref<'closed' | 'open' | 'none'>('closed')
  const level = ref(0)
  const device = ref('')
  const stream = shallowRef<MediaStream | null>(null)
  let context: AudioContext | null = null
  let frame = 0

  /** False where there is none, or the browser does not give it. */
  async function open(): Promise<boolean> {
    try {
      // A page that did not come by https has no devices at all.
      stream.value = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      state.value = 'none'
      return false
    }
    state.value = 'open'
    device.value = stream.value.getAudioTracks()[0]?.label ?? ''
    measure(stream.value)
    return true
  }
  function measure(source: MediaStream): void {
    context = new AudioContext()
    const analyser = context.createAnalyser()
    context.createMediaStreamSource(source).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const look = () => {
      analyser.getFloatTimeDomainData(samples)
      const loudness = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length)
      level.value = Math.min(LEVEL_STEPS, Math.round(loudness * 60))
      frame = requestAnimationFrame(look)
    }
    look()
  }
  function close(): void {
    cancelAnimationFrame(frame)
    stream.value?.getTracks().forEach((track) => track.stop())
    void context?.close()
    context = stream.value = null
    level.value = 0
    if (state.value === 'open') state.value = 'closed'
  }
  onScopeDispose(close)
  return { state, level, device, stream, open, close }
}
