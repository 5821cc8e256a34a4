import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive } from 'vue'
import { flow } from './testing'
import type { FlowDesign } from './useFlow'
import { useCounts } from './useCounts'

let asked = 0
beforeEach(() => {
  vi.useFakeTimers()
  asked = 0
  vi.stubGlobal('fetch', async () => {
    asked++
    return new Response(JSON.stringify({ from: '', to: '', nodes: [], exits: [] }), { headers: { 'Content-Type': 'application/json' } })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('asks again while the page is there, and not once it was left, even where an answer was still to come', async () => {
  const scope = effectScope(true)
  const { span } = scope.run(() => useCounts(reactive({ id: 's1', doc: flow() }) as unknown as FlowDesign))!
  span.value = 'week'
  await nextTick()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(asked).toBe(2)
  await vi.advanceTimersByTimeAsync(14_999)
  vi.advanceTimersByTime(1)
  scope.stop()
  await flushPromises()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(3)
})
