/** The sound behind the waveform: position in seconds, speed, and keys. */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

export function usePlayback(element: Ref<HTMLAudioElement | undefined>) {
  const position = ref(0)
  const playing = ref(false)
  const speed = ref(1)
  const failed = ref(false)
  let frame = 0

  function follow(): void {
    position.value = element.value?.currentTime ?? 0
    if (playing.value) frame = requestAnimationFrame(follow)
  }
  watch(element, (audio) => {
    if (!audio) return
    audio.addEventListener('play', () => {
      playing.value = true
      follow()
    })
    audio.addEventListener('pause', () => (playing.value = false))
    audio.addEventListener('seeked', () => (position.value = audio.currentTime))
    audio.addEventListener('error', () => (failed.value = true))
  })
  watch(speed, (rate) => {
    if (element.value) element.value.playbackRate = rate
  })
  onBeforeUnmount(() => cancelAnimationFrame(frame))

  async function toggle(): Promise<void> {
    const audio = element.value
    if (!audio) return
    if (!audio.paused) return audio.pause()
    audio.playbackRate = speed.value
    await audio.play().catch(() => (failed.value = true))
  }
  function seek(to: number): void {
    if (!element.value) return
    element.value.currentTime = Math.max(0, to)
    position.value = Math.max(0, to)
  }
  return { position, playing, speed, failed, toggle, seek, skip: (by: number) => seek(position.value + by) }
}
