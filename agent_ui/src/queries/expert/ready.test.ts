import { describe, expect, it } from 'vitest'
import type { ReadySetting } from '@/shared/api'
import { columnText, conditionText, fits, joined, type Place } from './ready'

const label = { 'zh-CN': '开单时间', en: 'Opened' }
const place = (type: string, more: Partial<Place> = {}): Place => ({ object: 'job', field: { key: 'opened', label, type }, source: 'client c left join job as j on j.customer = c.id', own: true, columns: [], parameters: [], ...more })
const ready = (kind: ReadySetting['kind'], content: Record<string, unknown>): ReadySetting => ({ key: 'r', kind, name: label, content, own: false, version: 1 })
const column = (content: Record<string, unknown>, of = place('datetime')) => columnText(ready('column', content), of)
const condition = (content: Record<string, unknown>, of = place('datetime')) => conditionText(ready('condition', content), of)

describe('a column', () => {
  it('is the field as the statement calls it, with the look that is set of it', () => {
    expect(column({ format: 'date', width: 110 })).toEqual({ text: 'j.opened', parameters: [], key: 'opened', head: { format: 'date', width: 110 } })
    expect(column({ link: true }, place('text', { source: '' })).text).toBe('opened')
  })
  it('has a name of its own where it is reckoned, or the name is taken', () => {
    expect(column({ by: 'month', format: 'month' })).toMatchObject({ text: "cast(date_trunc('month', j.opened) as date) as opened_month", key: 'opened_month', head: { format: 'month' } })
    expect(column({ by: 'hour' }).text).toBe("date_trunc('hour', j.opened) as opened_hour")
    expect(column({ aggregate: 'distinct' }).text).toBe('count(distinct j.opened) as opened_distinct')
    expect(column({}, place('text', { columns: ['opened'] }))).toMatchObject({ text: 'j.opened as opened_2', key: 'opened_2' })
  })
  it('is none where it is reckoned of others, or by steps in somebody else’s database', () => {
    expect([fits(ready('column', { expression: 'a / b' }), true), fits(ready('column', { by: 'day' }), false), fits(ready('column', { by: 'day' }), true), fits(ready('condition', { operator: 'eq' }), false)]).toEqual([false, false, true, true])
  })
})

describe('a condition', () => {
  it('that says its values says them as SQL does', () => {
    expect(condition({ operator: 'eq', value: ["it's"] }, place('text')).text).toBe("j.opened = 'it''s'")
    expect(condition({ operator: 'in', value: ['a', 'b'] }, place('choice')).text).toBe("j.opened in ('a', 'b')")
    expect(condition({ operator: 'between', value: ['1', '5'] }, place('integer')).text).toBe('j.opened between 1 and 5')
    expect(condition({ operator: 'eq', value: ['1 or true'] }, place('integer')).text).toBe("j.opened = '1 or true'")
    expect([condition({ operator: 'empty' }).text, condition({ operator: 'filled' }).text]).toEqual(['j.opened is null', 'j.opened is not null'])
  })
  it('of words asks for them, beginning with them, and is left out without them', () => {
    const put = condition({ operator: 'eq', value: ['$today'] })
    expect(put.text).toBe('[[ and cast(j.opened as date) = :opened ]]')
    expect(put.parameters).toEqual([{ key: 'opened', label, type: 'date', many: false, default: ['$today'], template: '', required: false }])
    expect(condition({ operator: 'eq', value: ['$me'] }, place('created_by')).parameters[0]).toMatchObject({ type: 'user', default: ['$me'] })
  })
  it('between two ends asks for each of them', () => {
    const put = condition({ operator: 'between', value: [], asked: true, template: '{{ today.year }}-01-01\n$today' }, place('created_at', { parameters: ['opened'] }))
    expect(put.text).toBe('[[ and cast(j.opened as date) >= :opened_2 ]] [[ and cast(j.opened as date) <= :opened_3 ]]')
    expect(put.parameters.map((one) => [one.key, one.label.en, one.default, one.template])).toEqual([['opened_2', 'Opened from', [], '{{ today.year }}-01-01'], ['opened_3', 'Opened to', ['$today'], '']])
  })
  it('that must be filled in is never left out', () => {
    const put = condition({ operator: 'in', value: ['a', 'b'], asked: true, required: true }, place('choice'))
    expect(put).toMatchObject({ text: 'j.opened in (:opened)', parameters: [{ many: true, default: ['a', 'b'], required: true, type: 'text' }] })
  })
  it('looks for a part of a text, in each database as it does', () => {
    expect(condition({ operator: 'contains', asked: true, required: true }, place('text')).text).toBe("j.opened ilike concat('%', :opened, '%')")
    expect(condition({ operator: 'contains', asked: true, required: true }, place('text', { own: false })).text).toBe("j.opened like concat('%', :opened, '%')")
    expect(condition({ operator: 'contains', value: ['tea'] }, place('choices')).text).toBe("jsonb_exists(j.opened, 'tea')")
  })
})

it('is joined to what stands around the cursor', () => {
  const put = (part: Parameters<typeof joined>[0], text: string, before: string, after = '') => before + joined(part, text, before, after) + after
  expect(put('select', 'b', 'a')).toBe('a, b')
  expect(put('select', 'b', 'a, ', 'c')).toBe('a, b, c')
  expect(put('select', 'b', '', ', c')).toBe('b, c')
  expect(put('where', 'b = 1', '')).toBe('b = 1')
  expect(put('where', 'b = 1', 'a = 1')).toBe('a = 1 and b = 1')
  expect(put('where', 'b = 1', 'a = 1 and ', '')).toBe('a = 1 and b = 1')
  expect(put('where', 'b = 1', '', 'a = 1')).toBe('b = 1 and a = 1')
  expect(put('where', '[[ and b = :b ]]', 'a = 1')).toBe('a = 1 [[ and b = :b ]]')
})
