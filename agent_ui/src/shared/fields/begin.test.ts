import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useSession } from '@/session/store'
import type { Field, Me } from '@/shared/api'
import { setTimeZone } from '@/shared/format'
import { newValues } from '.'
import { begun, ownName, type Maker } from './begin'
import { field } from './testing'

const user: Maker['user'] = { id: 'u1', name: '林晓彤', employee_code: '8001', teams: [{ id: 't1', name: '一组' }, { id: 't2', name: '二组' }] }
const maker: Maker = { user, now: Date.parse('2026-12-31T15:50:41Z') }
beforeEach(() => setTimeZone('Asia/Shanghai'))

describe('what a new record begins with', () => {
  it.each<[Field['type'], string, string]>([
    ['user', '$me', 'u1'],
    ['team', '$my_team', 't1'],
    ['date', '$today', '2026-12-31'],
    ['date', '$today+1d', '2027-01-01'],
    ['date', '$today-30d', '2026-12-01'],
    ['datetime', '$now', '2026-12-31T15:50:00.000Z'],
    ['datetime', '$now+15m', '2026-12-31T16:05:00.000Z'],
    ['datetime', '$now+3d', '2027-01-03T15:50:00.000Z'],
    ['text', '{$me} {$code}', '林晓彤 8001'],
    ['long_text', '{$today+7d} {$now+1h}', '2027-01-07 2027-01-01 00:50'],
  ])('%s %s', (type, begin, given) => expect(begun(field({ type, begin }), maker)).toBe(given))

  it('is no longer than its field takes', () => expect(begun(field({ begin: '{$me}登记', max_length: 4 }), maker)).toBe('林晓彤登'))

  it('is of whoever is signed in, and a constant stands before it', () => {
    setActivePinia(createPinia())
    useSession().me = { user } as unknown as Me
    const fields = [field({ key: 'a', type: 'user', begin: '$me' }), field({ key: 'b', default: '无', begin: '{$me}' }), field({ key: 'c' })]
    expect(newValues(fields)).toEqual({ a: 'u1', b: '无', c: '' })
    expect([ownName(field({ type: 'user' }), 'u1'), ownName(field({ type: 'team' }), 't2'), ownName(field({ type: 'user' }), 'u2')]).toEqual(['林晓彤', '二组', undefined])
  })
})
