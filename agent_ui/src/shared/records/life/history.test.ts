import { beforeAll, describe, expect, it } from 'vitest'
import type { RecordChange } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { actWord, changesOf, noteWord } from './history'

const line = (given: Partial<RecordChange>): RecordChange => ({ id: '1', at: '2026-11-24T02:00:00Z', actor: null, action: 'update', changes: [], note: null, record: null, triggers: [], ...given })
const level = { field: 'level', label: { en: 'Level', 'zh-CN': '级别' }, before: 'Normal', after: 'Gold' }

describe('a line of the history', () => {
  beforeAll(() => setLocale('en'))

  it('says how many fields were changed', () => expect(actWord(line({ changes: [level, level] }))).toBe('changed fields: 2'))

  it('tells from what to what', () => expect(changesOf(line({ changes: [level] }))).toMatchObject([{ from: 'Normal', to: 'Gold' }]))

  it('of a new record tells only what it has', () => expect(changesOf(line({ action: 'create', changes: [{ ...level, before: null }] }))).toMatchObject([{ from: null, to: 'Gold' }]))

  it('of a deletion does not read out what is gone', () => expect(changesOf(line({ action: 'delete', changes: [level] }))).toEqual([]))

  it('quotes the comment, or says that it is gone', () => {
    expect(noteWord(line({ action: 'comment', note: 'Call back' }))).toBe('Call back')
    expect(noteWord(line({ action: 'comment' }))).toBe('The comment was deleted.')
    expect(noteWord(line({}))).toBeNull()
  })
})
