/** Filters in words. */
import type { Definition, Field } from '@/shared/api'
import { pathText } from '@/shared/fields/choice/options'
import { regionText } from '@/shared/fields/region/regions'
import { caption, t } from '@/shared/i18n'
import { daysOf, ME, MY_TEAM } from './state'

export interface Chip { name: string; text: string }

export function chipsOf(definition: Definition, filters: Record<string, string | undefined>): Chip[] {
  return Object.entries(filters).flatMap(([name, value]) => {
    const [, key, bound] = name.split('.')
    const field = definition.fields.find((one) => one.key === key)
    if (!field || !value) return []
    const how = bound === 'from' || bound === 'to' ? ` ${t(`views.${bound}`)}` : ''
    return [{ name, text: `${caption(field.label)}${how}: ${value.split(',').map((part) => wordOf(field, part)).join(', ')}` }]
  })
}

/** A day, counted from today. */
export const dayWord = (days: number): string => (days === 0 ? t('views.today') : t(days < 0 ? 'views.daysAgo' : 'views.daysAhead', { n: Math.abs(days) }))

/** What a value of a filter is called; ids of people and records stay what they are. */
export function wordOf(field: Field, value: string): string {
  if (value === ME) return t('views.me')
  if (value === MY_TEAM) return t('views.myTeam')
  const days = daysOf(value)
  if (days !== null) return dayWord(days)
  if (field.type === 'boolean') return value === 'true' ? t('common.yes') : t('common.no')
  if (field.type === 'region') return regionText(value)
  return field.options.length ? pathText(field, value) : value
}
