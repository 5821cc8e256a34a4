import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { ApiError, type Transfer } from '@/shared/api'
import { isUnderWay, useTransfer } from './useTransfer'

const at = (state: Transfer['state'], done = 0) => ({ id: 't', state, done }) as Transfer
const read = vi.fn<(id: string) => Promise<Transfer>>()
let scope = effectScope(true)
const watched = () => scope.run(() => useTransfer(read))!

beforeEach(() => {
  vi.useFakeTimers()
  read.mockReset()
  scope = effectScope(true)
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

it('is read again until it has ended, and no more then', async () => {
  read.mockResolvedValueOnce(at('running', 1)).mockResolvedValueOnce(at('done', 2))
  const one = watched()
  one.show(at('queued'))
  await vi.advanceTimersByTimeAsync(800)
  expect(one.value.value?.done).toBe(1)
  await vi.advanceTimersByTimeAsync(5000)
  expect(one.value.value?.state).toBe('done')
  expect(read).toHaveBeenCalledTimes(2)
})

it('goes on when the network comes back', async () => {
  read.mockRejectedValueOnce(new ApiError(0, 'offline', 'offline')).mockResolvedValueOnce(at('done'))
  const one = watched()
  one.show(at('running'))
  await vi.advanceTimersByTimeAsync(800)
  expect(one.error.value?.offline).toBe(true)
  await vi.advanceTimersByTimeAsync(3100)
  expect(one.error.value).toBeNull()
  expect(isUnderWay(one.value.value)).toBe(false)
})

it('shows what an act made of it, whatever was being read', async () => {
  let late: (one: Transfer) => void = () => {}
  read.mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
  const one = watched()
  one.show(at('running'))
  await vi.advanceTimersByTimeAsync(800)
  expect(await one.act(() => Promise.resolve(at('cancelled')))).toBe(true)
  late(at('running'))
  await vi.advanceTimersByTimeAsync(0)
  expect(one.value.value?.state).toBe('cancelled')
})

it('keeps what it is when an act is refused', async () => {
  const one = watched()
  one.show(at('done'))
  expect(await one.act(() => Promise.reject(new ApiError(409, 'conflict', 'no')))).toBe(false)
  expect(one.value.value?.state).toBe('done')
  expect(one.error.value?.code).toBe('conflict')
})

it('asks nobody once the page has gone', async () => {
  const one = watched()
  one.show(at('running'))
  scope.stop()
  await vi.advanceTimersByTimeAsync(5000)
  expect(read).not.toHaveBeenCalled()
})
