/** What is wrong with the rows of a code table, as this page or the server tells it; and the rows as text. */
import { filledRows, LONGEST, type Column, type Row, type RowProblems } from './codes'

/** No comma: filters tell several values between commas. */
const VALUE = /^[^\s,\x00-\x1f](?:[^,\x00-\x1f]{0,58}[^\s,\x00-\x1f])?$/

/** First problem of each row, as the key of a caption. */
export function checkRows(rows: Row[]): RowProblems {
  const found: RowProblems = {}
  const seen = new Set<string>()
  for (const row of filledRows(rows)) {
    const value = row.value.trim()
    const tell = (column: Column, text: string) => (found[row.id] ??= { column, text: `codes.problem.${text}` })
    if (!row.zh.trim()) tell('zh', 'zh')
    if (!row.en.trim()) tell('en', 'en')
    if (!value) tell('value', 'value')
    else if (value.length > LONGEST || !VALUE.test(value)) tell('value', 'badValue')
    else if (seen.has(value)) tell('value', 'taken')
    seen.add(value)
  }
  return found
}

const columnOf = (place: string): Column | null => {
  if (place.startsWith('label')) return place.includes('en') ? 'en' : 'zh'
  return (['value', 'parent', 'color'] as const).find((column) => place.startsWith(column)) ?? null
}

/** The server's words (`items.3.value` → message) by row, in the order the rows were sent; the rest is told as a whole. */
export function problemsFrom(fields: Record<string, string>, sent: Row[]): { rows: RowProblems; name: string; rest: string[] } {
  const rows: RowProblems = {}
  const rest: string[] = []
  let name = ''
  for (const [place, text] of Object.entries(fields)) {
    const [, number, inside = ''] = /^items\.(\d+)(?:\.(.*))?$/.exec(place) ?? []
    const row = number === undefined ? undefined : sent[Number(number)]
    if (row) rows[row.id] ??= { column: columnOf(inside), text }
    else if (/^name\b/.test(place)) name ||= text
    else rest.push(text)
  }
  return { rows, name, rest }
}

const HEADING = ['value', 'zh-CN', 'en', 'parent', 'color', 'active', 'closed']
/** What a spreadsheet would take for a formula is told as text, as the server does. */
const inert = (text: string): string => (/^[=+\-@\t]/.test(text) ? `'${text}` : text)
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const cell = (text: string): string => quoted(inert(text))
const flag = (on: boolean): string => (on ? 'yes' : 'no')

/** Some of the rows in the form of the file that can be imported. */
export function asCsv(some: Row[], all: Row[]): string {
  const values = new Map(all.map((row) => [row.id, row.value]))
  const lines = some.map((row) => [row.value, row.zh, row.en, (row.parent !== null && values.get(row.parent)) || '', row.color, flag(row.active), flag(row.closed)])
  return [HEADING, ...lines].map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n'
}

const CHUNK = 0x8000
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return btoa(text)
}
