import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import type { PreviewBody } from '@/shared/api'
import { usePreview } from './usePreview'

const asked: { text: string; answer: (result: string) => void }[] = []
const body = (text: string): PreviewBody => ({ text, output: 'text', object: null, record_id: null })

beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  vi.stubGlobal('fetch', (request: Request) => new Promise<Response>((resolve, reject) => {
    request.signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
    void request.text().then((sent) => asked.push({
      text: (JSON.parse(sent) as PreviewBody).text,
      answer: (result) => resolve(new Response(JSON.stringify({ result, problem: null, line: null }), { headers: { 'Content-Type': 'application/json' } })),
    }))
  }))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const paused = async () => {
  await nextTick()
  await vi.advanceTimersByTimeAsync(400)
  await vi.waitFor(() => undefined)
}

describe('a preview', () => {
  it('is asked for when one pauses, and no sooner', async () => {
    const wanted = ref<PreviewBody | null>(body('a'))
    const scope = effectScope()
    const preview = scope.run(() => usePreview(() => wanted.value))!
    await vi.advanceTimersByTimeAsync(300)
    wanted.value = body('ab')
    await nextTick()
    await vi.advanceTimersByTimeAsync(300)
    expect(asked).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    await vi.waitFor(() => expect(asked.map((one) => one.text)).toEqual(['ab']))
    asked[0]?.answer('AB')
    await vi.waitFor(() => expect(preview.answer.value?.result).toBe('AB'))
    expect(preview.busy.value).toBe(false)
    scope.stop()
  })
  it('is never that of an older text', async () => {
    const wanted = ref<PreviewBody | null>(body('a'))
    const scope = effectScope()
    const preview = scope.run(() => usePreview(() => wanted.value))!
    await paused()
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    wanted.value = body('b')
    await paused()
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    asked[0]?.answer('A')
    asked[1]?.answer('B')
    await vi.waitFor(() => expect(preview.answer.value?.result).toBe('B'))
    scope.stop()
  })
  it('is gone when there is nothing to ask', async () => {
    const wanted = ref<PreviewBody | null>(body('a'))
    const scope = effectScope()
    const preview = scope.run(() => usePreview(() => wanted.value))!
    await paused()
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    asked[0]?.answer('A')
    await vi.waitFor(() => expect(preview.answer.value).not.toBeNull())
    wanted.value = null
    await nextTick()
    expect(preview.answer.value).toBeNull()
    scope.stop()
  })
})
