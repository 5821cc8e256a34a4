import { describe, expect, it } from 'vitest'
import { addressesIn, headersOf, linesOf } from './messages'

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
