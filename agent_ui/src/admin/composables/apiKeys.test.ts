import { describe, expect, it } from 'vitest'
import { faultIn, networksIn } from './apiKeys'

describe('networks of a key', () => {
  it('are taken apart however they were typed, and each once', () => {
    expect(networksIn(' 203.0.113.7\n10.0.0.0/8， 10.0.0.0/8;2001:db8::/32 ')).toEqual(['203.0.113.7', '10.0.0.0/8', '2001:db8::/32'])
  })
  it('are none where nothing was typed: from anywhere', () => expect(networksIn(' \n')).toEqual([]))
})

describe('a fault in a list', () => {
  it('is told at the list, whichever entry it is of', () => {
    expect(faultIn({ 'networks.1': 'no network', name: 'taken' }, 'networks')).toBe('no network')
    expect(faultIn({ networks: 'too many' }, 'networks')).toBe('too many')
    expect(faultIn({ name: 'taken' }, 'networks')).toBeUndefined()
  })
})
