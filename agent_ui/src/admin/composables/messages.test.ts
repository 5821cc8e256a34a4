import { describe, expect, it } from 'vitest'
import { addressesIn, headersOf, linesOf, sizeOf } from './messages'

describe('an SMS', () => {
  it.each([
    ['a'.repeat(160), 1], ['a'.repeat(161), 2], ['€'.repeat(80), 1], ['€'.repeat(81), 2], ['中'.repeat(70), 1], ['中'.repeat(71), 2],
    ['中'.repeat(135), 3], ['😀'.repeat(36), 2], [`${'中'.repeat(66)}😀${'中'.repeat(66)}`, 3],
  ])('takes as many parts as the server counts', (text, parts) => {
    expect(sizeOf(text).parts).toBe(parts)
  })
})

describe('what is pasted', () => {
  it('is taken apart, each address once', () => {
    expect(addressesIn('138 0000 0001\n 13900000002; 13900000002，a@b.example\n')).toEqual(['138 0000 0001', '13900000002', 'a@b.example'])
  })
  it('keeps headers as they are written', () => {
    const headers = { Authorization: 'Bearer {{secret}}', 'X-A': 'b:c' }
    expect(headersOf(linesOf(headers))).toEqual(headers)
    expect(headersOf('\nX-B:1\n')).toEqual({ 'X-B': '1' })
  })
})
