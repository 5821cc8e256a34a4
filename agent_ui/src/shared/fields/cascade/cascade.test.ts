import { expect, it } from 'vitest'
import { treeOf } from './tree'

it('grows branches from parents', () => {
  const options = [
    { value: 'a', label: 'A', active: true },
    { value: 'b', label: 'B', parent: 'a', active: true },
  ]
  expect(treeOf(options, String)).toEqual([{ value: 'a', label: 'A', children: [{ value: 'b', label: 'B' }] }])
})
