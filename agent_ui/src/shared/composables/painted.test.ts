import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { painted } from './painted'

const frames: (() => void)[] = []
beforeEach(() => {
  frames.length = 0
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('waits until the frame is painted, not only begun', async () => {
  const done = vi.fn()
  void painted().then(done)
  await vi.advanceTimersByTimeAsync(20)
  expect(done).not.toHaveBeenCalled()
  frames.forEach((frame) => frame())
  await Promise.resolve()
  expect(done).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(0)
  expect(done).toHaveBeenCalledOnce()
})

it('does not wait for a frame that a hidden page never has', async () => {
  const done = vi.fn()
  void painted().then(done)
  await vi.advanceTimersByTimeAsync(100)
  expect(done).toHaveBeenCalledOnce()
})
