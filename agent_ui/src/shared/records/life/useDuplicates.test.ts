import { describe, expect, it } from 'vitest'
import type { Definition } from '@/shared/api'
import { questionOf } from './useDuplicates'

const definition = { duplicates: [{ fields: ['phone', 'phone2'], how: 'phone' }, { fields: ['name'], how: 'pinyin' }] } as Definition

describe('what is asked about a form', () => {
  it('is what the rules name and somebody filled in', () =>
    expect(questionOf(definition, { name: '王秀兰', phone: '', email: 'x' }, null)).toEqual({ 'f.name': '王秀兰' }))

  it('is nothing while nothing is filled in', () => expect(questionOf(definition, { name: null, email: 'x' }, null)).toBeNull())

  it('is nothing about a record that is as it was read', () => expect(questionOf(definition, { name: '王秀兰' }, { name: '王秀兰' })).toBeNull())

  it('is the whole of it as soon as one of them changed', () =>
    expect(questionOf(definition, { name: '王秀兰', phone: '138' }, { name: '王秀兰', phone: null })).toEqual({ 'f.name': '王秀兰', 'f.phone': '138' }))
})
