import { beforeAll, describe, expect, it } from 'vitest'
import type { Job } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { asTold, fileOf, hasOutcome, headOf, pageOf, toldOf } from './words'

beforeAll(() => setLocale('en'))
const job = (changes: Partial<Job>): Job => ({
  id: 'j', what: 'export', state: 'done', done: 3, total: 3, failed: 0, object: { identifier: 'customer', name: { 'zh-CN': '客户', en: 'Customer' } },
  name: '客户.csv', transfer_id: 't', problem: null, cancellable: false, made_at: '2026-11-27T02:00:00Z', finished_at: '2026-11-27T02:00:05Z', ...changes,
})

it('a job is called by what it does, and to which object', () => {
  expect(headOf(job({}))).toBe('Export · Customer')
  expect(headOf(job({ object: null }))).toBe('Export')
})

describe('what came of a job', () => {
  it('is a file where it was an export, as long as there is one', () => {
    expect(fileOf(job({}))).toBe('/api/v1/objects/customer/exports/t/file')
    for (const without of [{ transfer_id: null }, { state: 'running' as const }, { what: 'import' as const }]) expect(fileOf(job(without))).toBeNull()
  })
  it.each([
    ['an import', 'import', '/records/customer/import/t'],
    ['a publication', 'publish', '/config/objects/customer'],
    ['an act on many records', 'edit', null],
  ] as const)('of %s is told on its own page, or here', (_what, what, page) => {
    expect(pageOf(job({ what }))).toBe(page)
    expect(hasOutcome(job({ what }))).toBe(what === 'edit')
  })
  it('is nowhere once it is forgotten', () => expect([pageOf(job({ what: 'import', transfer_id: null })), hasOutcome(job({ what: 'edit', transfer_id: null }))]).toEqual([null, false]))
})

it('follows what the room tells, as long as it is under way', () => {
  const told = toldOf({ notices: { changed: 'x' }, 'job:j': { kind: 'records.export', state: 'running', done: 2, total: 9 } })
  expect(asTold(job({ state: 'queued', done: 0 }), told.j)).toMatchObject({ state: 'running', done: 2, total: 9 })
  expect(asTold(job({ state: 'done' }), told.j).state).toBe('done')
})
