import { expect, it } from 'vitest'
import { readContacts } from './contacts'

it('reads names and numbers in either order', () => {
  expect(readContacts('王秀兰, 138 1234 6207\n13900001111，李强\n\n02160000001')).toEqual({
    contacts: [{ name: '王秀兰', number: '13812346207' }, { name: '李强', number: '13900001111' }, { name: '', number: '02160000001' }],
    bad: [],
  })
})

it('names the lines without a number', () => expect(readContacts('a, 13900001111\nnobody').bad).toEqual([2]))
