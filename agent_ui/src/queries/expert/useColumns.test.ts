import { describe, expect, it } from 'vitest'
import type { QueryColumn } from '@/shared/api'
import { shownOf, withHead } from './useColumns'
import { headOf } from './useExpert'

const column = (key: string) => ({ key, label: { 'zh-CN': key, en: key }, type: 'text' }) as unknown as QueryColumn

describe('columns of an expert query', () => {
  it('are those that come out, then those that are hidden', () => {
    const found = shownOf([{ ...headOf('cost'), hidden: true }, { ...headOf('b'), width: 90 }], [column('a'), column('b')])
    expect(found.map((one) => [one.head.key, one.head.width, !!one.column, one.place])).toEqual([['a', 0, true, -1], ['b', 90, true, 1], ['cost', 0, false, 0]])
  })
  it('are kept where something is set of them, and no longer', () => {
    const set = withHead([], 'a', { mask: true })
    expect(set).toEqual([{ ...headOf('a'), mask: true }])
    expect(withHead(set, 'b', { label: { 'zh-CN': '乙', en: '' } }).at(-1)?.label).toEqual({ 'zh-CN': '乙' })
    expect(withHead(set, 'a', { mask: false })).toEqual([])
    expect(withHead(set, 'b', { label: { 'zh-CN': '', en: '' } })).toEqual(set)
  })
})
