import { expect, it } from 'vitest'
import { field, option } from '../testing'
import { pathText, selectable } from './options'

const options = [
  option('repair', '报修'),
  option('heater', '热水器', { parent: 'repair' }),
  option('old', '旧类', { active: false }),
]

it('offers what is active, and what was chosen before it was retired', () => {
  expect(selectable(field({ options }), null).map((one) => one.value)).toEqual(['repair', 'heater'])
  expect(selectable(field({ options }), 'old').map((one) => one.value)).toEqual(['repair', 'heater', 'old'])
})

it('names the whole path', () => expect(pathText(field({ options }), 'heater')).toBe('报修 / 热水器'))
