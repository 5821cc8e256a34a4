import { beforeAll, expect, it } from 'vitest'
import { setLocale } from '@/shared/i18n'
import { beginWord } from './begin'

beforeAll(() => setLocale('en'))

it.each([
  ['$me', 'Who makes the record'],
  ['$today', 'Today'],
  ['$today-3d', '3 days ago'],
  ['$now+90m', 'Now + 90 minutes'],
  ['tomorrow', 'tomorrow'],
])('says %s in words', (template, words) => expect(beginWord(template)).toBe(words))
