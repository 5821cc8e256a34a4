import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { leaveWithUdp } from './gathering'

const TCP = { protocol: 'tcp' }
const UDP = { protocol: 'udp' }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('leaves with the first UDP candidate and those that come with it', () => {
  const gathered = leaveWithUdp()
  const ready = vi.fn()
  gathered({ candidate: UDP, ready })
  vi.advanceTimersByTime(10)
  gathered({ candidate: UDP, ready })
  expect(ready).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10)
  expect(ready).toHaveBeenCalledOnce()
})

it('never leaves with TCP alone, however long the telephone rang', () => {
  const gathered = leaveWithUdp()
  const ready = vi.fn()
  vi.advanceTimersByTime(30_000)
  gathered({ candidate: TCP, ready })
  vi.advanceTimersByTime(30_000)
  expect(ready).not.toHaveBeenCalled()
  gathered({ candidate: UDP, ready })
  vi.runAllTimers()
  expect(ready).toHaveBeenCalledOnce()
})
