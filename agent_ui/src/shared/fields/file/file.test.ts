import { expect, it } from 'vitest'
import { field } from '../testing'
import { acceptOf, filesOf, isPicture, mostOf, sentFiles } from './files'

const picture = { id: 'a', name: '门.png', media_type: 'image/png', size: 9 }

it('sends what a field has by its ids', () => {
  expect(sentFiles([picture])).toEqual(['a'])
  expect(sentFiles(null)).toEqual([])
  expect(filesOf('x')).toEqual([])
})

it('offers the kinds that the field takes', () => {
  expect(acceptOf(field({ type: 'image' }))).toContain('image/webp')
  expect(acceptOf(field({ type: 'file', kinds: ['pdf', 'archive'] }))).toBe('application/pdf,.zip')
  expect(acceptOf(field({ type: 'file', kinds: null }))).toBe('')
})

it('knows a picture and how many there may be', () => {
  expect([isPicture(picture), isPicture({ ...picture, media_type: 'application/pdf' })]).toEqual([true, false])
  expect([mostOf(field({ most: 2 })), mostOf(field({}))]).toEqual([2, 5])
})
