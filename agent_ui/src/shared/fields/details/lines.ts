/** Lines of a record while its form is open: what was there, and what is new, in one list. */
import type { DataRecord, Field, Values } from '@/shared/api'
import type { Copied } from '@/shared/records/copies'
import { isBlank } from '../kind'

/** A new line has no id yet; `key` tells it from its like. */
export interface Line { id?: string; key?: string; version?: number; values: Values; display?: Record<string, string>; masked?: string[]; may?: DataRecord['may'] }
/** What travels of a line: of one that was there, only what has changed. */
export interface SentLine { id?: string; version?: number; values: Values }

export const linesOf = (value: unknown): Line[] => (Array.isArray(value) ? (value as Line[]) : [])
export const keyOf = (line: Line): string => line.id ?? line.key ?? ''

let made = 0
export const newLine = (values: Values): Line => ({ key: `new-${++made}`, values })

export const withValue = (lines: Line[], at: number, key: string, value: unknown): Line[] =>
  lines.with(at, { ...lines[at]!, values: { ...lines[at]!.values, [key]: value } })

/** What a line takes over from the record that its reference names, unless another was chosen meanwhile. */
export function withCopied(lines: Line[], key: string, by: string, id: unknown, copied: Copied): Line[] {
  return lines.map((line) => (keyOf(line) !== key || line.values[by] !== id ? line : { ...line, values: { ...line.values, ...copied.values }, display: { ...line.display, ...copied.texts } }))
}

/** One place up or down; at the edge it stays. */
export function moved(lines: Line[], at: number, by: 1 | -1): Line[] {
  const [line, other] = [lines[at], lines[at + by]]
  return line && other ? lines.with(at, other).with(at + by, line) : lines
}

export function sentLines(value: unknown, before: unknown): SentLine[] {
  const known = new Map(linesOf(before).map((line) => [line.id, line]))
  return linesOf(value).map((line) => {
    const was = known.get(line.id)
    if (!line.id || !was) return { values: line.values }
    const changed = Object.entries(line.values).filter(([key, one]) => JSON.stringify(one) !== JSON.stringify(was.values[key]))
    return { id: line.id, version: line.version, values: Object.fromEntries(changed) }
  })
}

/** The total below the table, exact to the places of its summands; null where nothing is to be added. */
export function sumOf(lines: Line[], field: Field | undefined, valueOf: (line: Line) => unknown): string | null {
  const numbers = field ? lines.map(valueOf).filter((one) => !isBlank(one) && !Number.isNaN(Number(one))) : []
  if (!numbers.length) return null
  const places = Math.max(...numbers.map((one) => String(one).split('.')[1]?.length ?? 0))
  const total = numbers.reduce((sum: bigint, one) => sum + scaled(String(one), places), 0n)
  return unscaled(total, places)
}
function scaled(text: string, places: number): bigint {
  const [whole = '0', rest = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole + rest.padEnd(places, '0'))
  return text.startsWith('-') ? -units : units
}
function unscaled(total: bigint, places: number): string {
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0')
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits
  return total < 0n ? `-${text}` : text
}
