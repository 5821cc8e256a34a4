import { beforeAll, expect, it } from 'vitest'
import type { Definition } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { field } from '@/shared/fields/testing'
import { regions } from '@/shared/fields/region/regions'
import { chipsOf } from './chips'

beforeAll(() => setLocale('en'))
const definition = { fields: [field({ key: 'due', type: 'date' }), field({ key: 'owner', type: 'user' })] } as unknown as Definition

it.each([
  ['f.owner', '$me', /^.+: (Me|我)$/],
  ['f.due.from', '$today-7d', /7/],
  ['f.due.to', '2026-11-27', /2026-11-27/],
])('says a filter by %s in words', (name, value, said) => expect(chipsOf(definition, { [name]: value })[0]?.text).toMatch(said))

it('tells a region by its name as soon as the names are there', () => {
  const place = { fields: [field({ key: 'place', type: 'region' })] } as unknown as Definition
  const said = () => chipsOf(place, { 'f.place': '330000' })[0]?.text
  expect(said()).toMatch(/330000$/)
  regions.value = [{ code: '330000', name: { 'zh-CN': '浙江省', en: 'Zhejiang' }, parent: null, step: false, pinyin: '', initials: '' }]
  expect(said()).toMatch(/Zhejiang$/)
})

it('says nothing of filters that are not set, or are of no field', () => expect(chipsOf(definition, { 'f.due': undefined, 'f.gone': 'x' })).toEqual([]))
