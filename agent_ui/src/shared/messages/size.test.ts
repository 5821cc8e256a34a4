import { describe, expect, it } from 'vitest'
import { costOf, signed, sizeOf } from './size'

describe('an SMS', () => {
  it.each([
    ['a'.repeat(160), 1], ['a'.repeat(161), 2], ['€'.repeat(80), 1], ['€'.repeat(81), 2], ['中'.repeat(70), 1], ['中'.repeat(71), 2],
    ['中'.repeat(135), 3], ['😀'.repeat(36), 2], [`${'中'.repeat(66)}😀${'中'.repeat(66)}`, 3],
  ])('takes as many parts as the server counts', (text, parts) => {
    expect(sizeOf(text).parts).toBe(parts)
  })
})

it('bears its signature in front, as providers want it', () => expect([signed('a', '青禾'), signed('a', '')]).toEqual(['【青禾】a', 'a']))

it.each([['0.045', 3, '0.135'], ['1', 2, '2'], ['0.10', 3, '0.30']])('at %s a part, %d parts cost %s', (price, parts, cost) => expect(costOf(price, parts)).toBe(cost))
