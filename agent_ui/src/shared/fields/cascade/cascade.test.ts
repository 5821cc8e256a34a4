import { expect, it } from 'vitest'
import { caption } from '@/shared/i18n'
import { option } from '../testing'
import { treeOf } from './tree'

it('grows branches from parents', () => {
  const options = [
    option('a', 'A'),
    option('b', 'B', { parent: 'a' }),
  ]
  expect(treeOf(options, caption)).toEqual([{ value: 'a', label: 'A', children: [{ value: 'b', label: 'B' }] }])
})
