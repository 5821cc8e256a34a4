import { beforeAll, describe, expect, it } from 'vitest'
import type { UsableQuery } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { byCategory, listsOf } from './reports'

beforeAll(() => setLocale('en'))
const both = (text: string) => ({ 'zh-CN': text, en: text })
const one = (name: string, category: string | null, description = ''): UsableQuery => ({ key: name, name: both(name), pinned: false, report: category === null ? null : { category: both(category), description: both(description) } })
const ALL = [one('Orders', 'Service', 'by level'), one('List', null), one('Calls', 'Traffic'), one('Agents', 'Service')]
const told = (q: string) => byCategory(ALL, q).map((group) => [group.name, ...group.items.map((each) => each.key)])

describe('reports', () => {
  it('stand under their headings, and mere lists do not', () => expect(told('')).toEqual([['Service', 'Agents', 'Orders'], ['Traffic', 'Calls']]))
  it('stand among the lists only for those who have no page of reports', () => {
    expect([listsOf(ALL, true), listsOf(ALL, false)].map((all) => all.length)).toEqual([1, 4])
  })
  it('are found by name, heading or what is said of them', () => {
    expect(told('LEVEL')).toEqual([['Service', 'Orders']])
    expect(told('traffic')).toEqual([['Traffic', 'Calls']])
    expect(told('nothing')).toEqual([])
  })
})
