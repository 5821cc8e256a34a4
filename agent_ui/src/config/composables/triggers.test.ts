import { describe, expect, it } from 'vitest'
import { readDocument, type Doc } from './document'
import { renameKey, usesOf } from './operations'
import { operatorsFor } from './rules'
import { TYPES } from './testing'
import { atMoment, fieldsIn, newTrigger, renameInTriggers, step, triggersWith, trimmed, type Trigger } from './triggers'

const said = (text: string) => ({ 'zh-CN': text, en: text })
const trigger = (changes: Partial<Trigger> = {}): Trigger => ({ key: 'one', name: said('one'), on: ['update'], when: 'before', actions: [{ do: 'set', values: {} }], ...changes })
const keys = (list: Trigger[]) => list.map((one) => one.key)

describe('a list of triggers', () => {
  it('gives each new one a key of its own', () => {
    const first = newTrigger([])
    expect(newTrigger([first]).key).not.toBe(first.key)
  })
  it('moves one up and down, and no further than its ends', () => {
    const list = ['a', 'b', 'c'].map((key) => trigger({ key }))
    expect(keys(step(list, list[2]!, -1))).toEqual(['a', 'c', 'b'])
    expect(keys(step(list, list[0]!, 1))).toEqual(['b', 'a', 'c'])
    expect(step(list, list[0]!, -1)).toBe(list)
  })
})

describe('a trigger', () => {
  it('keeps those actions that go with another moment, and is never without one', () => {
    const both = trigger({ actions: [{ do: 'set', values: {} }, { do: 'refuse', message: said('no') }] })
    expect(atMoment(both, { on: ['delete'] }).actions.map((one) => one.do)).toEqual(['refuse'])
    expect(atMoment(both, { when: 'after' }).actions.map((one) => one.do)).toEqual(['create'])
  })
  it('asks for changed fields only of an update', () => {
    expect(atMoment(trigger({ fields: ['state'] }), { on: ['create'] })).not.toHaveProperty('fields')
    expect(atMoment(trigger({ fields: ['state'] }), { on: ['create', 'update'] }).fields).toEqual(['state'])
  })
  it('is written without what says nothing', () => {
    expect(trimmed(trigger({ active: true, fields: [], condition: { tests: [] } }))).toEqual(trigger())
    expect(trimmed(trigger({ active: false })).active).toBe(false)
  })
})

describe('renaming a field', () => {
  const all = trigger({
    fields: ['price'], condition: { tests: [{ field: 'price', operator: 'changed', value: null }] },
    actions: [
      { do: 'set', values: { price: { expression: "price * 2 & 'price'" }, note: { field: 'price' } } }, { do: 'refuse', message: said('no'), field: 'price' },
      { do: 'create', object: 'task', values: { price: { field: 'price' } } }, { do: 'notify', to: [{ who: 'user', field: 'price' }], text: said('{price} {other}') },
      { do: 'http', method: 'POST', url: 'https://a', values: { price: 'price' } }, { do: 'update', object: 'task', field: 'price', values: {} },
      { do: 'call', task: 'price', field: 'price' },
      { do: 'template', template: 'price', field: 'price' },
    ],
  })
  it('follows it everywhere but into fields of other objects, names that are sent and quoted text', () => {
    const [next] = renameInTriggers([all], 'price', 'cost')
    expect(next?.fields).toEqual(['cost'])
    expect(next?.condition?.tests[0]?.field).toBe('cost')
    expect(next?.actions).toEqual([
      { do: 'set', values: { cost: { expression: "cost * 2 & 'price'" }, note: { field: 'cost' } } }, { do: 'refuse', message: said('no'), field: 'cost' },
      { do: 'create', object: 'task', values: { price: { field: 'cost' } } }, { do: 'notify', to: [{ who: 'user', field: 'cost' }], text: said('{cost} {other}') },
      { do: 'http', method: 'POST', url: 'https://a', values: { price: 'cost' } }, { do: 'update', object: 'task', field: 'price', values: {} },
      { do: 'call', task: 'price', field: 'cost' },
      { do: 'template', template: 'price', field: 'cost' },
    ])
  })
  it('follows a reference whose record has the address, and leaves that record\'s field alone', () => {
    const told: Trigger = { ...newTrigger([]), actions: [{ do: 'message', channel: 'sms', template: 'hello', reference: 'price', field: 'phone' }] }
    expect(renameInTriggers([told], 'price', 'cost')[0]?.actions).toEqual([{ do: 'message', channel: 'sms', template: 'hello', reference: 'cost', field: 'phone' }])
    expect([keys(triggersWith([told], 'price')), triggersWith([told], 'phone'), fieldsIn(told)]).toEqual([['trigger_1'], [], ['price']])
    const own: Trigger = { ...told, actions: [{ do: 'message', channel: 'sms', template: 'hello', field: 'phone' }] }
    expect([renameInTriggers([own], 'phone', 'mobile')[0]?.actions[0], fieldsIn(own)]).toEqual([expect.objectContaining({ field: 'mobile' }), ['phone']])
  })
  it('is an act on the whole document, which also says who uses the field', () => {
    const doc: Doc = readDocument({ groups: [{ key: 'g', label: said('g'), fields: [{ key: 'price', type: 'money', label: said('Price') }] }], triggers: [all] })
    expect(keys(usesOf(doc, 'price').triggers)).toEqual(['one'])
    expect(usesOf(doc, 'other_one').triggers).toEqual([])
    expect(renameKey(doc, 'price', 'cost').triggers?.[0]?.fields).toEqual(['cost'])
  })
  it('offers to ask what has changed only where there is something before', () => {
    const doc = readDocument({ groups: [{ key: 'g', label: said('g'), fields: [{ key: 'name', type: 'text', label: said('Name') }] }] })
    expect(operatorsFor(doc, TYPES, 'name')).not.toContain('changed')
    expect(operatorsFor(doc, TYPES, 'name', true)).toEqual(expect.arrayContaining(['changed', 'changed_to', 'changed_from']))
  })
})
