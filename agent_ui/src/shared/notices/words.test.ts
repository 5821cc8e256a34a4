import { beforeAll, describe, expect, it } from 'vitest'
import type { Notice } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { headOf, placeOf } from './words'

beforeAll(() => setLocale('en'))
const notice = (changes: Partial<Notice>): Notice => ({ id: 'n', kind: 'assigned', text: '张伟', object: 'customer', record_id: 'r', made_by: '沈慧', at: '2026-11-27T02:00:00Z', read_at: null, ...changes })

describe('a notice', () => {
  it('says who did what, and how many at once', () => {
    expect(headOf(notice({}))).toContain('沈慧')
    expect(headOf(notice({ kind: 'assigned_many', text: '37', record_id: null }))).toContain('37')
  })
  it('of a trigger says so, whoever set it off', () => expect(headOf(notice({ kind: 'trigger', made_by: '' }))).toBe('Automatic notice'))
  it('is told by the system where nobody acted, whatever its kind', () => expect(headOf(notice({ kind: 'overdue', made_by: '' }))).not.toContain('notices.'))
  it.each([
    ['to its record', {}, '/records/customer/r'],
    ['to the list of several', { record_id: null }, '/records/customer'],
    ['to a message', { kind: 'voicemail', object: null, record_id: 'm' }, '/voicemail?message=m'],
    ['nowhere', { object: null, record_id: null }, null],
  ] as const)('leads %s', (_what, changes, place) => expect(placeOf(notice(changes))).toBe(place))
})
