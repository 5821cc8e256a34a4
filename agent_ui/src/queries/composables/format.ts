/** How values of a query are shown where neither their field types nor the server's words do. Pure. */
import type { QueryAnswer, QueryColumn, QueryRow } from '@/shared/api'
import { clock, day, figure, moment, phone } from '@/shared/format'
import { t } from '@/shared/i18n'

const NUMBERS = ['integer', 'decimal', 'money', 'number']
const MOMENTS = ['datetime', 'created_at', 'updated_at']

/** Digits in groups of three; what stands behind the point stays as it is. */
export function grouped(text: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? []
  return whole ? `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest}` : text
}

/** Words for a value that no field's own display shows, and of which the server says none. */
export function shownAs(column: QueryColumn, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  // A mask is no moment and no number.
  if (column.mask) return String(value)
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (NUMBERS.includes(column.type)) return typeof value === 'number' ? figure(value) : grouped(String(value))
  if (MOMENTS.includes(column.type)) return moment(String(value))
  return String(value)
}

/** What a column comes to on all pages. */
export const sumOf = (answer: QueryAnswer, column: QueryColumn): string => answer.sum_texts[column.key] ?? shownAs(column, answer.sums[column.key])

/** The same on paper, where "today" is soon another day. */
export function onPaper(column: QueryColumn, row: QueryRow): string {
  const value = row.values[column.key]
  if (!column.format && !column.mask && value && MOMENTS.includes(column.type)) return `${day(String(value))} ${clock(String(value))}`
  if (column.type === 'phone' && value) return phone(String(value))
  return row.texts[column.key] ?? shownAs(column, value)
}
