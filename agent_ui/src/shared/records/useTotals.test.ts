import { describe, expect, it } from 'vitest'
import { addsUp, amount } from './useTotals'
import type { Field } from '@/shared/api'

const field = (more: Partial<Field>): Field => ({ key: 'one', type: 'integer', access: 'write', sign: null, formula: null, ...more }) as Field

describe('the totals of a list', () => {
  it('are of numbers that their reader sees', () => {
    expect([field({}), field({ type: 'money' }), field({ type: 'decimal', access: 'read' })].every(addsUp)).toBe(true)
    expect([field({ type: 'text' }), field({ access: 'mask' }), field({ type: 'phone' })].some(addsUp)).toBe(false)
  })

  it('are those of formulas whose result is a number', () => {
    const result = (result: string) => field({ type: 'formula', formula: { result } as Field['formula'] })
    expect(addsUp(result('number'))).toBe(true)
    expect(addsUp(result('date'))).toBe(false)
  })

  it('are exact, however large they are', () => {
    expect(amount(field({}), '12345678901234567890')).toBe('12,345,678,901,234,567,890')
    expect(amount(field({ sign: '¥' }), '-1234.50')).toBe('-¥1,234.50')
    expect(amount(field({}), '999')).toBe('999')
    expect(amount(field({}), null)).toBe('—')
  })
})
