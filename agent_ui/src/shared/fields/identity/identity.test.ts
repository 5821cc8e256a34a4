import { expect, it } from 'vitest'
import { field } from '../testing'
import { kind } from '.'

it.each([
  ['11010519491231002X', null],
  ['110105 19491231 002x', null],
  ['110*************2X', null],
  ['110105194912310021', 'fields.identity'],
  ['01010519491231002X', 'fields.identity'],
  ['110105', 'fields.identity'],
])('%s → %o', (value, problem) => expect(kind.check?.(field({ type: 'identity' }), value)?.key ?? null).toBe(problem))
