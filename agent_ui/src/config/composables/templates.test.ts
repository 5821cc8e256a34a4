import { describe, expect, it } from 'vitest'
import type { Field, Template } from '@/shared/api'
import { bodyOf, canStand, draftOf, linesIn, placeOf, sameDraft, spanOf, withPlace } from './templates'

const field = (key: string, type: Field['type']) => ({ key, type }) as Field
const template: Template = { key: 'letter', name: { 'zh-CN': '信', en: 'Letter' }, object: null, text: 'a', output: 'text', active: true, version: 3, used_by: [], changed_at: '', changed_by: null }

describe('a field put into a template', () => {
  it.each([
    ['text', '{{ record.x }}'], ['choice', '{{ record.x }}'], ['date', '{{ record.x | date }}'],
    ['updated_at', '{{ record.x | datetime }}'], ['money', '{{ record.x | number }}'],
  ] as const)('has the form of a %s', (type, place) => expect(placeOf(field('x', type))).toBe(place))
  it('is none of those that are records of their own', () => {
    expect([field('a', 'details'), field('b', 'file')].filter(canStand).map((one) => one.key)).toEqual(['b'])
  })
  it('stands where the cursor was, in the place of what was chosen', () => {
    expect(withPlace('abc', 1, 2, 'XY')).toEqual({ text: 'aXYc', at: 3 })
    expect(withPlace('', 0, 0, 'X')).toEqual({ text: 'X', at: 1 })
  })
})

describe('lines', () => {
  it('are found by their number, the last and what is behind it as well', () => {
    const text = 'ab\n\ncde'
    expect([1, 2, 3, 4].map((line) => text.slice(...spanOf(text, line)))).toEqual(['ab', '', 'cde', ''])
    expect(linesIn(text)).toBe(3)
    expect(linesIn('')).toBe(1)
  })
})

describe('a draft', () => {
  it('comes from a template and goes back as the API takes it', () => {
    expect(bodyOf({ ...draftOf(template), zh: ' 信 ' })).toEqual({ name: { 'zh-CN': '信', en: 'Letter' }, object: null, text: 'a', output: 'text', active: true })
    expect(bodyOf({ ...draftOf(template), object: 'customer' }).object).toBe('customer')
  })
  it('differs when any part of it does', () => {
    expect(sameDraft(draftOf(template), draftOf(template))).toBe(true)
    expect(sameDraft(draftOf(template), { ...draftOf(template), active: false })).toBe(false)
  })
})
