import { expect, it } from 'vitest'
import { field } from '../testing'
import { kind } from '.'

it.each([['a@b.cn', null], ['a@b', { key: 'fields.email' }]])('%s → %o', (value, problem) =>
  expect(kind.check?.(field({ type: 'email' }), value)).toEqual(problem),
)
