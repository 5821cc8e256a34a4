import { describe, expect, it } from 'vitest'
import { dialable, figure, looksLikeNumber, phone } from './number'

describe('phone', () => {
  it.each([
    ['+8613812346207', '138 1234 6207'],
    ['138****6207', '138 **** 6207'],
    ['+86138****6207', '138 **** 6207'],
    ['0532****80', '0532-**** 80'],
    ['+862160000001', '021-6000 0001'],
    ['02160000001', '021-6000 0001'],
    ['053255500118', '0532-5550 0118'],
    ['4008123123', '400-812-3123'],
    ['95588', '95588'],
    ['8001', '8001'],
    [null, '—'],
  ])('shows %s as %s', (number, shown) => expect(phone(number)).toBe(shown))
})

describe('dial box', () => {
  it('takes spacing and brackets for what they are', () => expect(dialable('(021) 6000-0001')).toBe('02160000001'))
  it('tells a number from a name', () => {
    expect(looksLikeNumber('138 1234 6207')).toBe(true)
    expect(looksLikeNumber('王秀兰')).toBe(false)
  })
})

it('groups figures and shows a dash for none', () => {
  expect(figure(12486)).toBe('12,486')
  expect(figure(0)).toBe('0')
  expect(figure(null)).toBe('—')
})
