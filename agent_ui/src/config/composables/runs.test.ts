import { beforeAll, describe, expect, it } from 'vitest'
import type { TriggerRun } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { callingWords, canGoAgain, isUnderWay, triesWords } from './runs'

const calling = { task: '回访', came: 'added', status: 'running', resumed: false } as const
const run = (changes: Partial<TriggerRun>): TriggerRun => ({
  id: 'r', at: '2026-11-27T02:00:00Z', trigger: 'one', name: {}, act: 'update', when: 'after', record: null, actor: null, state: 'waiting', message: null,
  steps: [], tries: 0, next_at: null, depth: 1, took_ms: 0, ...changes,
})
beforeAll(() => setLocale('zh-CN'))

describe('a step that had somebody called', () => {
  it('says that he waits where the task does not run, and that a finished one runs again', () => {
    expect(callingWords(calling)).toBe('已加入“回访”')
    expect(callingWords({ ...calling, status: 'paused' })).toBe('已加入“回访” · 任务已暂停')
    expect(callingWords({ ...calling, came: 'again', resumed: true })).toContain('任务已重新启动')
  })
  it('says nothing of the task where nobody came in', () => {
    expect(callingWords({ ...calling, came: 'no_number', status: 'draft' })).toBe('没有可拨打的号码，未加入“回访”')
  })
})

describe('a run', () => {
  it('that waits for its next try says when, and is not looked at until then', () => {
    const waits = run({ tries: 1, next_at: '2026-11-27T02:01:00Z' })
    expect(triesWords(waits)).toMatch(/^已失败 1 次 · .*10:01 重试$/)
    expect([isUnderWay(waits), canGoAgain(waits)]).toEqual([false, true])
  })
  it('that has failed for good can be tried by hand, one under way or refused cannot', () => {
    expect(triesWords(run({ state: 'failed', tries: 4 }))).toBe('已失败 4 次')
    expect(triesWords(run({ state: 'failed', tries: 1 }))).toBe('')
    expect(canGoAgain(run({ state: 'failed' }))).toBe(true)
    expect([run({}), run({ state: 'refused' })].map(canGoAgain)).toEqual([false, false])
    expect(isUnderWay(run({}))).toBe(true)
  })
})
