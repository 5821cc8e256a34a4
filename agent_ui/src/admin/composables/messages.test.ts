import { describe, expect, it } from 'vitest'
import { headersOf, linesOf } from './messages'

describe('what is pasted', () => {
  it('keeps headers as they are written', () => {
    const headers = { Authorization: 'Bearer {{secret}}', 'X-A': 'b:c' }
    expect(headersOf(linesOf(headers))).toEqual(headers)
    expect(headersOf('\nX-B:1\n')).toEqual({ 'X-B': '1' })
  })
})
