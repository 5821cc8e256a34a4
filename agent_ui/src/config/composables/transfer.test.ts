import { beforeAll, describe, expect, it } from 'vitest'
import type { Loss, TrialItem } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { allOf, byPart, counts, detailWord, hasObjects, isNothing, lostBy, parsed, takeOf, toggled, twiceIn } from './transfer'

const item = (part: TrialItem['part'], key: string, state: TrialItem['state'], changes: Partial<TrialItem> = {}): TrialItem => ({ part, key, state, name: { 'zh-CN': key, en: key }, reason: null, changes: [], details: [], problems: [], losses: [], ...changes })
const loss = (what: Loss['what']): Loss => ({ what, field: 'size', label: { 'zh-CN': '尺寸', en: 'Size' }, records: 2, samples: [] })
beforeAll(() => setLocale('zh-CN'))
const items = [item('codes', 'region', 'new'), item('objects', 'customer', 'changed', { losses: [loss('not_convertible'), loss('not_unique')] }), item('objects', 'part', 'blocked', { reason: 'busy' }), item('codes', 'fault', 'same'), item('objects', 'unit', 'drafted')]

describe('what is chosen', () => {
  it('is everything that would change something, at first', () => expect([...allOf(items)]).toEqual(['codes.region', 'objects.customer', 'objects.unit']))
  it('never is what cannot be taken', () => expect(takeOf(items, new Set(['objects.part', 'codes.fault', 'objects.unit']))).toEqual({ objects: ['unit'] }))
  it('comes and goes together', () => {
    const without = toggled(allOf(items), ['objects.customer', 'objects.unit'], false)
    expect([...without]).toEqual(['codes.region'])
    expect(hasObjects(items, without)).toBe(false)
    expect(hasObjects(items, toggled(without, ['objects.unit'], true))).toBe(true)
  })
})

describe('the trial', () => {
  it('is told by part, in the order of the file', () => expect(byPart(items).map(([part, some]) => [part, some.length])).toEqual([['codes', 2], ['objects', 3]]))
  it('is counted by what would happen', () => expect(counts(items)).toEqual({ new: 1, changed: 1, drafted: 1, same: 1, blocked: 1 }))
  it('tells losses of what is chosen alone', () => {
    expect(lostBy(items, allOf(items)).map(([one, losses]) => [one.key, losses.length])).toEqual([['customer', 1]])
    expect(twiceIn(items, allOf(items))).toHaveLength(1)
    expect(lostBy(items, new Set(['codes.region']))).toEqual([])
  })
  it('may come to nothing', () => {
    const head = { name: {}, description: {}, problems: [] }
    expect(isNothing({ ...head, items: [item('codes', 'fault', 'same')] })).toBe(true)
    expect(isNothing({ ...head, items })).toBe(false)
    expect(isNothing({ ...head, items: [], problems: [{ path: 'format', message: '…' }] })).toBe(false)
  })
})

describe('a difference in words', () => {
  const label = { 'zh-CN': '海淀区', en: 'Haidian' }
  it('says what came and went', () => {
    expect(detailWord({ what: 'added', attribute: null, label, before: null, after: null })).toBe('+ 海淀区')
    expect(detailWord({ what: 'removed', attribute: null, label, before: null, after: null })).toBe('− 海淀区')
  })
  it('says from what to what', () => expect(detailWord({ what: 'changed', attribute: 'label', label: null, before: { 'zh-CN': '咨询', en: 'Q' }, after: label })).toContain('咨询 → 海淀区'))
})

describe('a difference within a service or a rule', () => {
  const within = (attribute: string, before: unknown, after: unknown) => detailWord({ what: 'changed', attribute, label: null, before, after })
  it('says where it is', () => expect(within('waiting.offers.callback', null, '1')).toMatch(/^排队等待 · offers\.callback.*— → 1/))
  it('calls what is pointed at by its name', () => expect(within('schedule_id', { ref: 'schedule', name: '白班' }, { ref: 'schedule', name: '夜班' })).toContain('白班 → 夜班'))
})

describe('a file', () => {
  it('is read as JSON', () => expect(parsed('{"format": 1}')).toEqual({ format: 1 }))
  it('may be anything else', () => expect(parsed('value,zh-CN\n')).toBeUndefined())
})
