import { expect, it } from 'vitest'
import type { Definition } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { belongings, columnsOf, ordersOf, startOf, sumsOf } from './details'

const parts = {
  identifier: 'part', title_field: 'name',
  fields: [
    field({ key: 'number', type: 'serial', read_only: true }), field({ key: 'order', type: 'reference', reference: { object: 'work_order' } }),
    field({ key: 'name' }), field({ key: 'pieces', type: 'integer' }), field({ key: 'amount', type: 'formula', read_only: true, formula: { tree: {}, result: 'number', places: 2 } }),
    field({ key: 'note', type: 'long_text' }),
  ],
} as unknown as Definition

it('begins with what belongs to the record and is entered', () => {
  expect(startOf(parts, 'work_order')).toEqual({ object: 'part', by: 'order', columns: ['name', 'pieces', 'amount'] })
})
it('knows objects whose records do not belong to these', () => {
  expect(startOf(parts, 'customer')).toEqual({ object: 'part' })
  expect(belongings(undefined, 'customer')).toEqual([])
})
it('offers columns, an order and numbers to add up', () => {
  expect(columnsOf(parts, 'order').map((one) => one.key)).toEqual(['number', 'name', 'pieces', 'amount', 'note'])
  expect([ordersOf(parts), sumsOf(parts)].map((all) => all.map((one) => one.key))).toEqual([['pieces'], ['pieces', 'amount']])
})
