import { expect, it } from 'vitest'
import { t } from '@/shared/i18n'
import { field } from '../testing'
import { shownResult } from './shown'

const giving = (result: 'number' | 'text' | 'boolean' | 'date', places = 2) => field({ type: 'formula', formula: { tree: {}, result, places } })

it('shows what a formula gave by its kind', () => {
  expect(shownResult(giving('number'), '1234.5')).toBe('1,234.50')
  expect(shownResult(giving('number', 0), '3')).toBe('3')
  expect(shownResult(giving('text'), 'AB-1')).toBe('AB-1')
  expect(shownResult(giving('date'), '2026-02-27')).toBe('2026-02-27')
  expect(shownResult(giving('boolean'), false)).toBe(t('common.no'))
  expect(shownResult(giving('number'), null)).toBe('—')
})
