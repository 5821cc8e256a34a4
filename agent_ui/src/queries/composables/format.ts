/** How values of a query are shown, beyond what their field types show. Pure. */
import type { QueryColumn, QueryRow } from '@/shared/api'
import { clock, day, duration, figure, moment, phone } from '@/shared/format'
import { t } from '@/shared/i18n'

const NUMBERS = ['integer', 'decimal', 'money', 'number']
const MOMENTS = ['datetime', 'created_at', 'updated_at']
const BYTES = ['B', 'KB', 'MB', 'GB', 'TB']
const KILO = 1024

/** Digits in groups of three; what stands behind the point stays as it is. */
export function grouped(text: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? []
  return whole ? `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest}` : text
}
export function bytes(size: number): string {
  const power = size < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log(size) / Math.log(KILO)))
  return `${(size / KILO ** power).toFixed(power && size / KILO ** power < 10 ? 1 : 0)} ${BYTES[power]}`
}

const FORMATS: Record<string, (value: string | number) => string> = {
  integer: (value) => grouped(Number(value).toFixed(0)),
  percent: (value) => `${(Number(value) * 100).toFixed(1)}%`,
  duration: (value) => duration(Number(value)),
  bytes: (value) => bytes(Number(value)),
  date: (value) => day(String(value)),
  month: (value) => String(value).slice(0, 7),
  time: (value) => clock(String(value)),
}

/** Words for a value that no field's own display shows. */
export function shownAs(column: QueryColumn, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  // A mask is no moment and no number.
  if (column.mask) return String(value)
  const format = FORMATS[column.format]
  if (format) return format(value as string)
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (NUMBERS.includes(column.type)) return typeof value === 'number' ? figure(value) : grouped(String(value))
  if (MOMENTS.includes(column.type)) return moment(String(value))
  return String(value)
}

/** The same on paper, where "today" is soon another day. */
export function onPaper(column: QueryColumn, row: QueryRow): string {
  const value = row.values[column.key]
  if (!column.format && !column.mask && value && MOMENTS.includes(column.type)) return `${day(String(value))} ${clock(String(value))}`
  if (column.type === 'phone' && value) return phone(String(value))
  return column.format ? shownAs(column, value) : (row.texts[column.key] ?? shownAs(column, value))
}
