import { expect, it } from 'vitest'
import { field } from '../testing'
import { checkRange } from './check'

it('keeps within its limits', () => {
  expect(checkRange(field({ min: 1, max: 9 }), 9)).toBeNull()
  expect(checkRange(field({ min: 1 }), 0)).toEqual({ key: 'fields.min', args: { n: 1 } })
  expect(checkRange(field({ max: 9 }), 10)).toEqual({ key: 'fields.max', args: { n: 9 } })
  expect(checkRange(field({}), 'many')).toEqual({ key: 'fields.number' })
})
