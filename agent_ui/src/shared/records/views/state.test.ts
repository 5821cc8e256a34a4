import { describe, expect, it } from 'vitest'
import type { RecordView } from '@/shared/api'
import { bodyOf, chosenView, daysOf, isSame, type ListState } from './state'

const state = (changes: Partial<ListState> = {}): ListState => ({ columns: ['a', 'b'], widths: {}, filters: {}, sort: '-created_at', q: '', page_size: 20, ...changes })
const view = (key: string): RecordView => ({ key, name: key, source: 'own', owner: null, ...state(), acts: [], roles: [], teams: [], dropped: 0, version: 1 })

describe('a view', () => {
  it('is the same whatever its filters were given in', () => {
    expect(isSame(state({ filters: { x: '1', y: '2' } }), state({ filters: { y: '2', x: '1' }, q: ' ' }))).toBe(true)
  })
  it.each([
    ['a column moves', { columns: ['b', 'a'] }],
    ['a column is wider', { widths: { a: 200 } }],
    ['a filter is set', { filters: { x: '1' } }],
    ['it is ordered otherwise', { sort: 'a' }],
    ['something is searched', { q: 'x' }],
    ['a page is longer', { page_size: 50 }],
  ])('has changed once %s', (_what, changes) => expect(isSame(state(), state(changes))).toBe(false))
  it('is sent without what only the page knows', () => {
    expect(Object.keys(bodyOf('x', view('k')))).toEqual(['name', 'columns', 'widths', 'filters', 'sort', 'q', 'page_size', 'roles', 'teams'])
  })
})

describe('which view a list begins with', () => {
  const views = [view('a'), view('b')]
  it.each([
    ['the one in the address', 'b', 'a', 'b'],
    ['the chosen one without an address', undefined, 'a', 'a'],
    ['the chosen one when the address names none', 'gone', 'a', 'a'],
    ['none where the plain list was asked for', '', 'a', undefined],
    ['none where the chosen one is gone', undefined, 'gone', undefined],
  ])('is %s', (_what, asked, start, key) => expect(chosenView(views, asked, start)?.key).toBe(key))
})

it.each([['$today', 0], ['$today-7d', -7], ['$today+30d', 30], ['$me', null], ['2026-11-27', null]])('reads %s as days from today', (text, days) => expect(daysOf(text)).toBe(days))
