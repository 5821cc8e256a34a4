import { expect, it } from 'vitest'
import { field } from '../testing'
import { kind } from '.'

it.each([['138 1234 6207', null], ['+862160000001', null], ['138****6207', null], ['王秀兰', { key: 'fields.phone' }]])(
  '%s → %o', (value, problem) => expect(kind.check?.(field({ type: 'phone' }), value)).toEqual(problem),
)
