import { expect, it } from 'vitest'
import type { ReadySetting } from '@/shared/api'
import { fieldOf, keysOf } from './document'
import { addField, nextFieldKey } from './operations'
import { readyFields, startFrom, typeOfReady } from './ready'
import { document } from './testing'

const ready = (key: string, zh: string, en: string, type = 'text'): ReadySetting => ({
  key, kind: 'field', name: { 'zh-CN': zh, en }, own: false, version: 0, content: { key, type, label: { 'zh-CN': zh, en }, settings: { max_length: 6 } },
})
const all = [ready('postcode', '邮政编码', 'Postcode'), ready('status', '状态', 'State', 'choice')]

it('are found by their names and keys', () => {
  expect(['', '邮', 'POST', 'status', 'x'].map((q) => readyFields(all, q).length)).toEqual([2, 1, 1, 1, 0])
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
