import { expect, it } from 'vitest'
import type { ReadySetting } from '@/shared/api'
import { fieldOf, keysOf } from './document'
import { addField, nextFieldKey } from './operations'
import { addTrigger, lackOf, readyOnes, startFrom, triggerOf, typeOfReady } from './ready'
import type { Trigger } from './triggers'
import { document } from './testing'

const ready = (key: string, zh: string, en: string, type = 'text'): ReadySetting => ({
  key, kind: 'field', name: { 'zh-CN': zh, en }, own: false, version: 0, content: { key, type, label: { 'zh-CN': zh, en }, settings: { max_length: 6 } },
})
const all = [ready('postcode', '邮政编码', 'Postcode'), ready('status', '状态', 'State', 'choice')]

it('are found by their names and keys', () => {
  expect(['', '邮', 'POST', 'status', 'x'].map((q) => readyOnes(all, q).length)).toEqual([2, 1, 1, 1, 0])
})

it('become fields with all their settings, under a key that is free', () => {
  const doc = document()
  const [postcode, status] = all.map(startFrom)
  const next = addField(doc, postcode!, { after: 'subject' })
  expect(keysOf(next).slice(0, 3)).toEqual(['number', 'subject', 'postcode'])
  expect(fieldOf(next, 'postcode')?.settings).toEqual({ max_length: 6 })
  expect(nextFieldKey(doc, status)).toBe('status_2')
  expect(typeOfReady(all[1]!)).toBe('choice')
})

const said = (text: string) => ({ 'zh-CN': text, en: text })
const trigger: Trigger = {
  key: 'calm', name: said('Calm'), on: ['update'], when: 'after', fields: ['status'], condition: { tests: [{ field: 'due', operator: 'filled' }, { field: '$role', operator: 'eq', value: 'agent' }] },
  actions: [{ do: 'notify', to: [{ who: 'assignee' }, { who: 'user', field: 'boss' }], text: said('{number} {grade}') }, { do: 'create', object: 'task', values: { title: { expression: "if(price > 1, 'price list', subject) and true" } } }],
}

it('a trigger says what the object lacks for it', () => {
  expect(lackOf(document(), trigger)).toEqual({ fields: ['grade', 'boss', 'price'], assignee: true })
  const fitting = { ...trigger, actions: [{ do: 'refuse' as const, message: said('no'), field: 'subject' }] }
  expect(lackOf(document(), fitting)).toBeNull()
})

it('a trigger stands after the others, under a key that is free', () => {
  const made = { ...ready('calm', '冷静', 'Calm'), kind: 'trigger' as const, content: { ...trigger } }
  const next = addTrigger(addTrigger(document(), triggerOf(made)), triggerOf(made))
  expect(next.triggers?.map((one) => one.key)).toEqual(['calm', 'calm_2'])
})
