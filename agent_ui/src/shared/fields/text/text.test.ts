import { expect, it } from 'vitest'
import { field } from '../testing'
import { checkText } from './check'

it('counts characters as people do', () => {
  expect(checkText(field({ max_length: 2 }), '张𠮷')).toBeNull()
  expect(checkText(field({ max_length: 2 }), '王秀兰')).toEqual({ key: 'fields.tooLong', args: { n: 2 } })
})

it('matches the whole pattern', () => {
  expect(checkText(field({ pattern: '[A-Z]{2}\\d+' }), 'AB12')).toBeNull()
  expect(checkText(field({ pattern: '[A-Z]{2}\\d+' }), 'xAB12')).toEqual({ key: 'fields.pattern' })
})

it.each(['(a+)+', '(a|a)*b', '(.*a){20}', 'a*a*a*a*b'])('leaves %s to the server, which takes no longer for it', (pattern) => {
  expect(checkText(field({ pattern }), `${'a'.repeat(200)}!`)).toBeNull()
})
