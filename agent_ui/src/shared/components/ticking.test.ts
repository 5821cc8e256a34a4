import { expect, it } from 'vitest'
import { between } from './ticking'

it.each([
  ['downwards', 'b', 'd', ['b', 'c', 'd']],
  ['upwards', 'd', 'b', ['b', 'c', 'd']],
  ['of one row', 'c', 'c', ['c']],
  ['not across pages', 'x', 'c', []],
])('takes a range %s', (_what, one, other, found) => expect(between(['a', 'b', 'c', 'd'], one, other)).toEqual(found))
