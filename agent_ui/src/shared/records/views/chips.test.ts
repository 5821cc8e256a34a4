import { beforeAll, expect, it } from 'vitest'
import type { Definition } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { field } from '@/shared/fields/testing'
import { chipsOf } from './chips'

beforeAll(() => setLocale('en'))
const definition = { fields: [field({ key: 'due', type: 'date' }), field({ key: 'owner', type: 'user' })] } as unknown as Definition

it.each([
  ['f.owner', '$me', /^.+: (Me|我)$/],
  ['f.due.from', '$today-7d', /7/],
  ['f.due.to', '2026-11-27', /2026-11-27/],
])('says a filter by %s in words', (name, value, said) => expect(chipsOf(definition, { [name]: value })[0]?.text).toMatch(said))

it('says nothing of filters that are not set, or are of no field', () => expect(chipsOf(definition, { 'f.due': undefined, 'f.gone': 'x' })).toEqual([]))
