import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Recording } from '@/shared/api'
import { bars, decodePeaks, loudestOf } from './peaks'

export const BARS = 240
export interface Wave { agent: number[]; customer: number[] }
const silence = (): Wave => ({ agent: bars([], BARS, 0), customer: bars([], BARS, 0) })

/** The server's peaks; without them the browser reads the sound itself. */
export function useWave(recording: () => Recording) {
  const wave = shallowRef<Wave>(silence())
  let current = 0
  watch(recording, async ({ peaks, url }) => {
    const mine = ++current
    wave.value = silence()
    const found = peaks ?? (await decodePeaks(url, BARS).catch(() => null))
    if (!found || mine !== current) return
    const loudest = loudestOf(found.agent, found.customer)
    wave.value = { agent: bars(found.agent, BARS, loudest), customer: bars(found.customer, BARS, loudest) }
  }, { immediate: true })
  onScopeDispose(() => current++)
  return wave
}
