import { beforeEach, describe, expect, it, vi } from 'vitest'
import { api, type Definition } from '@/shared/api'
import { field } from '@/shared/fields/testing'
import { linesOf, withCopied } from '@/shared/fields/details/lines'
import { copiedBy } from './copies'

const definition = {
  fields: [
    field({ key: 'part', type: 'reference', reference: { object: 'part' } }),
    field({ key: 'price', type: 'money', copied: { by: 'part', field: 'price' } }),
    field({ key: 'maker', type: 'user', copied: { by: 'part', field: 'owner' } }),
    field({ key: 'cost', type: 'money', copied: { by: 'part', field: 'cost' } }),
    field({ key: 'note', type: 'text', copied: { by: 'part', field: 'note' } }),
  ],
} as unknown as Definition

describe('what a record takes over from another', () => {
  const get = vi.spyOn(api, 'get')
  beforeEach(() => {
    get.mockReset()
  })

  it('is what its reader sees there, with the names beside it', async () => {
    get.mockResolvedValue({ values: { price: '120.00', owner: 'u1', cost: '***', note: null }, display: { owner: '林晓彤' }, masked: ['cost'] } as never)
    expect(await copiedBy(definition, 'part', 'p1')).toEqual({ values: { price: '120.00', maker: 'u1' }, texts: { maker: '林晓彤' } })
  })

  it('is nothing where nothing asks, or nothing was chosen', async () => {
    expect(await copiedBy(definition, 'price', 'p1')).toEqual({ values: {}, texts: {} })
    expect(await copiedBy(definition, 'part', null)).toEqual({ values: {}, texts: {} })
    expect(get).not.toHaveBeenCalled()
  })

  it('comes into the line that still has the choice', () => {
    const lines = linesOf([{ key: 'a', values: { part: 'p1', price: '1' } }, { key: 'b', values: { part: 'p1' } }])
    const copied = { values: { price: '120.00' }, texts: { maker: '林晓彤' } }
    expect(withCopied(lines, 'a', 'part', 'p1', copied)[0]).toEqual({ key: 'a', values: { part: 'p1', price: '120.00' }, display: { maker: '林晓彤' } })
    expect(withCopied(lines, 'a', 'part', 'p1', copied)[1]).toBe(lines[1])
    expect(withCopied(lines, 'a', 'part', 'other', copied)).toEqual(lines)
  })
})
