import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Definition } from '@/shared/api'
import { setTimeZone, timeZone } from '@/shared/format'
import { field } from '@/shared/fields/testing'
import { askable, blankChoice, choiceOf, choose, countOf, filtersOf, keysOf, objectsOf } from './choice'

const before = timeZone()
beforeEach(() => setTimeZone('Asia/Shanghai'))
afterEach(() => setTimeZone(before))

it('asks for whole days where the enterprise is', () => {
  const asked = filtersOf({ ...blankChoice(), days: ['2026-11-01', '2026-11-02'] })
  expect(asked).toEqual({ from: '2026-10-31T16:00:00.000Z', to: '2026-11-02T16:00:00.000Z' })
  expect(choiceOf(asked).days).toEqual(['2026-11-01', '2026-11-02'])
})

it('reads back what it asked for', () => {
  const choice = { ...blankChoice(), agent_id: 'a', service_id: 's', object: 'job', fields: { 'f.price.from': '5', 'f.price.to': '9', 'f.state': 'open' } }
  expect(choiceOf(filtersOf(choice))).toEqual(choice)
})

it('leaves out empty filters, and those of no object', () => {
  expect(filtersOf({ ...blankChoice(), object: 'job', fields: { 'f.name': ' ', 'f.state': undefined } })).toEqual({ object: 'job' })
  expect(filtersOf({ ...blankChoice(), fields: { 'f.name': 'x' } })).toEqual({})
})

it('counts a field with two bounds once, and an object without one as one', () => {
  expect(countOf({})).toBe(0)
  expect(countOf({ object: 'job' })).toBe(1)
  expect(countOf({ agent_id: 'a', object: 'job', 'f.price.from': '5', 'f.price.to': '9', 'f.state': 'open' } as object)).toBe(3)
  expect(countOf({ status: 'open' })).toBe(0)
})

it('knows the fields of filters, each once', () => expect(keysOf({ 'f.price.from': '5', 'f.price.to': '9', 'f.state': undefined })).toEqual(['price']))

it('offers work orders before customers, and nothing else', () => {
  const one = (identifier: string, kind: 'customer' | 'work_order' | 'base') => ({ identifier, kind, name: { 'zh-CN': identifier, en: identifier } })
  expect(objectsOf([one('client', 'customer'), one('part', 'base'), one('job', 'work_order')]).map((each) => each.identifier)).toEqual(['job', 'client'])
})

it('offers the fields that a list can be filtered by', () => {
  const fields = [field({ key: 'name' }), field({ key: 'secret', filterable: false }), field({ key: 'story', type: 'long_text' })]
  expect(askable({ fields } as Definition).map((each) => each.key)).toEqual(['name'])
})

it('chooses other calls in the same states', () => {
  const kept = { status: 'open', agent_id: 'a', 'f.state': 'open' } as object
  choose(kept, { service_id: 's' })
  expect(kept).toEqual({ status: 'open', agent_id: undefined, 'f.state': undefined, service_id: 's' })
})
