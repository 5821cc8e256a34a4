import { beforeEach, describe, expect, it } from 'vitest'
import { dropLocal, newest, readLocal, writeLocal, type DraftBody } from './drafts'

const body = (note: string): DraftBody => ({ values: {}, disposition_id: null, note, record_id: null })
beforeEach(() => localStorage.clear())

describe('a draft on this computer', () => {
  it('is there after a reload, and gone when dropped', () => {
    writeLocal('8001', 'work-order:1', body('a'))
    expect(readLocal('8001', 'work-order:1')?.body.note).toBe('a')
    dropLocal('8001', 'work-order:1')
    expect(readLocal('8001', 'work-order:1')).toBeNull()
  })
  it('is not another agent’s', () => {
    writeLocal('8001', 'work-order:1', body('a'))
    expect(readLocal('8002', 'work-order:1')).toBeNull()
  })
})

describe('of two drafts', () => {
  const local = { body: body('local'), at: '2026-11-23T02:00:00.000Z' }
  const remote = (updated_at: string) => ({ payload: body('remote'), updated_at })
  it('the newer wins', () => {
    expect(newest(local, remote('2026-11-23T03:00:00.000Z'))?.body.note).toBe('remote')
    expect(newest(local, remote('2026-11-23T01:00:00.000Z'))?.body.note).toBe('local')
  })
  it('the only one wins', () => {
    expect(newest(null, remote('2026-11-23T03:00:00.000Z'))?.body.note).toBe('remote')
    expect(newest(null, null)).toBeNull()
  })
})
