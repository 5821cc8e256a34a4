import { describe, expect, it } from 'vitest'
import type { FieldType } from '@/shared/api'
import { checkField, kindOf, newValues } from '.'
import { field } from './testing'

const TYPES: FieldType[] = [
  'text', 'long_text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'choice', 'choices', 'cascade', 'phone', 'email', 'user', 'team',
  'reference', 'serial', 'time', 'url', 'money', 'identity', 'formula', 'details', 'file', 'image', 'rich_text', 'region',
  'created_at', 'created_by', 'updated_at', 'updated_by',
]

describe('the registry', () => {
  it.each(TYPES)('knows %s', (type) => expect(kindOf(type).type).toBe(type))

  it('asks for what is required in its own words', () => {
    expect(checkField(field({ required: true }), '')?.key).toBe('fields.fill')
    expect(checkField(field({ required: true, type: 'choice' }), null)?.key).toBe('fields.choose')
    expect(checkField(field({ required: true, type: 'integer' }), 0)).toBeNull()
  })

  it('starts a record from defaults', () => {
    expect(newValues([field({ key: 'a', default: 'x' }), field({ key: 'b', type: 'choices' })])).toEqual({ a: 'x', b: [] })
  })
})
