/** Works out what `callcenter/expressions` has read, while somebody types; the server has the last word. Numbers are floating here, to 15 digits. */
export type Tree = { name: string } | { number: string } | { value: string | boolean | null } | { call: string; of: Tree[] }
/** A day is text (YYYY-MM-DD), a moment a Date. */
export type Operand = number | string | boolean | Date | null

const LONGEST_TEXT = 2000
const DAY_MS = 86_400_000
const exact = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(15)) : null)

export function rounded(value: number, places: number): number {
  const at = Math.max(0, Math.min(6, Math.trunc(places)))
  // By its digits: 1.005 is a little less than it looks.
  const whole = Math.round(Number(`${Math.abs(exact(value) ?? 0)}e${at}`))
  return Math.sign(value) * Number(`${whole}e-${at}`)
}

export function textOf(value: Operand): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  return typeof value === 'number' ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 15 }) : String(value)
}

const same = (one: Operand, other: Operand): boolean => (one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other)
const dayMs = (value: Operand): number => Date.parse(`${value instanceof Date ? value.toISOString().slice(0, 10) : String(value)}T00:00:00Z`)
const letters = (value: Operand): string[] => [...String(value)]
const spent = (unit: number) => (start: Operand, end: Operand): number => Math.floor((Number(end) - Number(start)) / unit)
const chosen = (wins: (one: Operand, best: Operand) => boolean) => (...all: Operand[]): Operand => all.reduce((best, one) => (wins(one, best) ? one : best))

function days(start: Operand, end: Operand): number {
  const moments = start instanceof Date && end instanceof Date
  return Math.floor(((moments ? Number(end) : dayMs(end)) - (moments ? Number(start) : dayMs(start))) / DAY_MS)
}
function addDays(day: Operand, count: Operand): Operand {
  const moment = new Date((day instanceof Date ? day.getTime() : dayMs(day)) + Math.trunc(Number(count)) * DAY_MS)
  if (!(moment.getTime() <= Date.UTC(9999, 11, 31)) || moment.getUTCFullYear() < 1) return null
  return day instanceof Date ? moment : moment.toISOString().slice(0, 10)
}
function numberIn(text: Operand): number | null {
  const cleaned = String(text).trim().replaceAll(',', '')
  return /^-?(\d+\.?\d*|\.\d+)$/.test(cleaned) ? Number(cleaned) : null
}

type Work = (...given: Operand[]) => Operand
const FUNCTIONS: Record<string, Work> = {
  round: (value, places = 0) => rounded(Number(value), Number(places)), floor: (value) => Math.floor(Number(value)), ceil: (value) => Math.ceil(Number(value)), abs: (value) => Math.abs(Number(value)),
  min: chosen((one, best) => one! < best!), max: chosen((one, best) => one! > best!), number: numberIn, length: (text) => letters(text).length, text: textOf,
  upper: (text) => String(text).toUpperCase(), lower: (text) => String(text).toLowerCase(), trim: (text) => String(text).trim(),
  left: (text, count) => letters(text).slice(0, Math.max(0, Math.trunc(Number(count)))).join(''),
  right: (text, count) => letters(text).slice(Math.max(0, letters(text).length - Math.max(0, Math.trunc(Number(count))))).join(''),
  contains: (text, part) => String(text).includes(String(part)), days, hours: spent(3_600_000), minutes: spent(60_000), add_days: addDays,
  year: (day) => Number(String(day).slice(0, 4)), month: (day) => Number(String(day).slice(5, 7)), day: (day) => Number(String(day).slice(8, 10)),
  '+': (one, other) => exact(Number(one) + Number(other)), '-': (one, other) => (other === undefined ? -Number(one) : exact(Number(one) - Number(other))),
  '*': (one, other) => exact(Number(one) * Number(other)), '/': (one, other) => exact(Number(one) / Number(other)),
  '<': (one, other) => one! < other!, '<=': (one, other) => one! <= other!, '>': (one, other) => one! > other!, '>=': (one, other) => one! >= other!,
}
/** Those that mean something of nothing as well. */
const OF_NOTHING: Record<string, Work> = {
  and: (...all) => all.every((one) => one === true), or: (...all) => all.some((one) => one === true), not: (one) => one !== true,
  '=': (one, other) => same(one!, other!), '<>': (one, other) => !same(one!, other!), '&': (...all) => cut(all), concat: (...all) => cut(all),
  empty: (one) => one === null, coalesce: (...all) => all.find((one) => one !== null) ?? null, if: (test, then, otherwise = null) => (test === true ? then! : otherwise),
}
const cut = (all: Operand[]): string => [...all.map(textOf).join('')].slice(0, LONGEST_TEXT).join('')

export const CALLS: readonly string[] = [...Object.keys(FUNCTIONS), ...Object.keys(OF_NOTHING)]

export function evaluate(tree: Tree, values: ReadonlyMap<string, Operand>): Operand {
  if ('name' in tree) return values.get(tree.name) ?? null
  if ('number' in tree) return Number(tree.number)
  if ('value' in tree) return tree.value
  const given = tree.of.map((one) => evaluate(one, values))
  const open = OF_NOTHING[tree.call]
  if (open) return open(...given)
  return given.includes(null) ? null : (FUNCTIONS[tree.call]?.(...given) ?? null)
}
