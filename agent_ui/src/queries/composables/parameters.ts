/** What is filled in before a list: words for days, and what an address carries. Pure. */
import { t } from '@/shared/i18n'

const DATED = ['date', 'datetime', 'created_at', 'updated_at']
export const isDated = (type: string): boolean => DATED.includes(type)

/** `$today-7d` as people say it. */
export function dayWord(text: string): string {
  const found = /^\$today(?:([+-])(\d+)d)?$/.exec(text)
  if (!found) return text
  if (!found[2]) return t('views.today')
  return t(found[1] === '-' ? 'views.daysAgo' : 'views.daysAhead', { n: Number(found[2]) })
}

const PREFIX = 'p.'
/** Of an address such as `?p.level=gold`: a button of another list has filled it in. */
export const givenIn = (query: Record<string, unknown>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(query).filter(([name]) => name.startsWith(PREFIX)).map(([name, value]) => [name.slice(PREFIX.length), [value].flat().map(String)]))
/** The inverse, of what is filled in; of nothing that is filled in as well, for it is no default. */
export const addressOfGiven = (given: Record<string, string[]>): Record<string, string[]> => Object.fromEntries(Object.entries(given).map(([key, values]) => [PREFIX + key, values.length ? [...values] : ['']]))
/** The inverse, of a row's values; what is nothing is not told. */
export const addressOf = (parameters: Record<string, string>, values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).flatMap(([parameter, column]) => (values[column] === null || values[column] === undefined ? [] : [[PREFIX + parameter, String(values[column])]])))
