import type { Field } from '@/shared/api'
import { moment } from '@/shared/format'
import { t } from '@/shared/i18n'

/** What a formula gave, as people read it. */
export function shownResult(field: Field, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (field.formula?.result === 'number') return Number(value).toLocaleString('en-US', { minimumFractionDigits: field.formula.places, maximumFractionDigits: field.formula.places })
  return field.formula?.result === 'datetime' ? moment(String(value)) : String(value)
}
