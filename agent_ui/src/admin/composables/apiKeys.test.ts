import { describe, expect, it } from 'vitest'
import { networksIn } from './apiKeys'

describe('networks of a key', () => {
  it('are taken apart however they were typed, and each once', () => {
    expect(networksIn(' 203.0.113.7\n10.0.0.0/8， 10.0.0.0/8;2001:db8::/32 ')).toEqual(['203.0.113.7', '10.0.0.0/8', '2001:db8::/32'])
  })
  it('are none where nothing was typed: from anywhere', () => expect(networksIn(' \n')).toEqual([]))
})
