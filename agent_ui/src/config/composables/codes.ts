/** The values of a code table as rows of a tree: parents stand before their children. Pure: every change gives new rows. */
import type { CodeOption, Option } from '@/shared/api'

export type Column = 'zh' | 'en' | 'value' | 'parent' | 'color'
/** `parent`: the row above it, by its id, so that children follow a value that is still typed. `fresh`: not saved yet; `typed`: its value is the user's own. */
export interface Row { id: number; value: string; zh: string; en: string; color: string; parent: number | null; active: boolean; closed: boolean; fresh: boolean; typed: boolean }
export interface RowProblem { column: Column | null; text: string }
export type RowProblems = Record<number, RowProblem>

export const MOST = 2000
export const LONGEST = 60
export const COLORS = ['green', 'blue', 'teal', 'amber', 'red'] as const

const nextId = (rows: Row[]): number => rows.reduce((most, row) => Math.max(most, row.id), -1) + 1
const isBlank = (row: Row): boolean => row.fresh && !row.value && !row.zh.trim() && !row.en.trim()
export const sameRow = (one: Row, other: Row | undefined): boolean => !!other && (one === other || (Object.keys(one) as (keyof Row)[]).every((name) => name === 'typed' || one[name] === other[name]))
export const sameRows = (some: Row[], others: Row[]): boolean => {
  const filled = some.filter((row) => !isBlank(row))
  return filled.length === others.length && filled.every((row, at) => sameRow(row, others[at]))
}

/** Parents before children, each family together; what a circle holds stands at the end. */
export function arrange(rows: Row[]): Row[] {
  const families = new Map<number | null, Row[]>()
  const known = new Set(rows.map((row) => row.id))
  for (const row of rows) {
    const parent = row.parent !== null && known.has(row.parent) ? row.parent : null
    if (!families.get(parent)?.push(row)) families.set(parent, [row])
  }
  const found: Row[] = []
  const grow = (parent: number | null): void => families.get(parent)?.forEach((row) => {
    found.push(row)
    grow(row.id)
  })
  grow(null)
  const there = new Set(found)
  return [...found, ...rows.filter((row) => !there.has(row)).map((row) => ({ ...row, parent: null }))]
}

/** As the server keeps them, to rows. Values that were rows before keep their id: the cursor stays where it was. */
export function rowsOf(items: Option[], before: Row[] = []): Row[] {
  const ids = new Map(before.map((row) => [row.value, row.id]))
  let next = nextId(before)
  for (const item of items) if (!ids.has(item.value)) ids.set(item.value, next++)
  return arrange(items.map((item) => ({
    id: ids.get(item.value)!, value: item.value, zh: item.label['zh-CN'] ?? '', en: item.label.en ?? '', color: item.color ?? '',
    parent: ids.get(item.parent ?? '') ?? null, active: item.active, closed: item.closed, fresh: false, typed: true,
  })))
}

/** Rows nobody has filled in are left out. */
export const filledRows = (rows: Row[]): Row[] => rows.filter((row) => !isBlank(row))
export function itemsOf(rows: Row[]): CodeOption[] {
  const values = new Map(rows.map((row) => [row.id, row.value.trim()]))
  return filledRows(rows).map((row) => ({
    value: row.value.trim(), label: { 'zh-CN': row.zh.trim(), en: row.en.trim() }, color: row.color || null,
    parent: row.parent === null ? null : values.get(row.parent) || null, active: row.active, closed: row.closed,
  }))
}

/** How deep each row lies. */
export function depths(rows: Row[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const row of rows) found.set(row.id, row.parent === null ? 0 : (found.get(row.parent) ?? 0) + 1)
  return found
}

/** The ids of a row and of all below it. */
export function branch(rows: Row[], id: number): Set<number> {
  const found = new Set([id])
  for (const row of rows) if (row.parent !== null && found.has(row.parent)) found.add(row.id)
  return found
}
export const parentsFor = (rows: Row[], id: number): Row[] => {
  const own = branch(rows, id)
  return rows.filter((row) => !own.has(row.id) && !isBlank(row))
}

/** Takes a row with all below it to stand beside another, as its sibling. */
export function place(rows: Row[], id: number, target: number, after: boolean): Row[] {
  const own = branch(rows, id)
  const beside = rows.find((row) => row.id === target)
  if (!beside || own.has(target)) return rows
  const moved = rows.filter((row) => own.has(row.id)).map((row) => (row.id === id && row.parent !== beside.parent ? { ...row, parent: beside.parent } : row))
  const rest = rows.filter((row) => !own.has(row.id))
  return arrange(rest.toSpliced(rest.indexOf(beside) + (after ? 1 : 0), 0, ...moved))
}

/** One place up or down among its siblings. */
export function step(rows: Row[], id: number, by: 1 | -1): Row[] {
  const parent = rows.find((row) => row.id === id)?.parent
  const siblings = rows.filter((row) => row.parent === parent)
  const target = siblings[siblings.findIndex((row) => row.id === id) + by]
  return target ? place(rows, id, target.id, by > 0) : rows
}

/** Under another row, behind its children; null: to the end of the uppermost. */
export function setParent(rows: Row[], id: number, parent: number | null): Row[] {
  const own = branch(rows, id)
  const row = rows.find((one) => one.id === id)
  if (!row || row.parent === parent || (parent !== null && own.has(parent))) return rows
  const moved = rows.filter((one) => own.has(one.id)).map((one) => (one === row ? { ...one, parent } : one))
  return arrange([...rows.filter((one) => !own.has(one.id)), ...moved])
}

/** A value made of the English label: “Out of stock” → out_of_stock. */
export function suggest(label: string, taken: Iterable<string>): string {
  const key = label.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f'’]/g, '').replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, LONGEST - 5).replace(/_+$/, '')
  const used = new Set(taken)
  if (!key || !used.has(key)) return key
  let n = 2
  while (used.has(`${key}_${n}`)) n += 1
  return `${key}_${n}`
}

/** A new value is suggested from the English label until it is typed. */
export function change(rows: Row[], id: number, changes: Partial<Row>): Row[] {
  return rows.map((row) => {
    if (row.id !== id) return row
    const next = { ...row, ...changes }
    if (changes.value !== undefined) next.typed = changes.value !== ''
    else if (row.fresh && !row.typed && changes.en !== undefined) next.value = suggest(next.en, rows.filter((one) => one !== row).map((one) => one.value))
    return next
  })
}

/** An empty row behind another and all below it, beside it in the tree; at the end when none is named. */
export function addRow(rows: Row[], after: number | null): { rows: Row[]; id: number } {
  const above = rows.find((row) => row.id === after) ?? rows.at(-1)
  const id = nextId(rows)
  const own = above ? branch(rows, above.id) : new Set<number>()
  const at = rows.findLastIndex((row) => own.has(row.id)) + 1
  const row: Row = { id, value: '', zh: '', en: '', color: '', parent: above?.parent ?? null, active: true, closed: false, fresh: true, typed: false }
  return { rows: rows.toSpliced(at, 0, row), id }
}

/** Its children move up to its parent. */
export function removeRow(rows: Row[], id: number): Row[] {
  const gone = rows.find((row) => row.id === id)
  return rows.filter((row) => row !== gone).map((row) => (row.parent === id ? { ...row, parent: gone?.parent ?? null } : row))
}

/** The rows with a text in any of their words, and what lies above them. */
export function matching(rows: Row[], text: string): Row[] {
  const sought = text.trim().toLowerCase()
  if (!sought) return rows
  const found = new Set<number>()
  // From below: a child that is found brings its parents.
  for (const row of rows.toReversed()) {
    if (found.has(row.id) || [row.value, row.zh, row.en].some((word) => word.toLowerCase().includes(sought))) {
      found.add(row.id)
      if (row.parent !== null) found.add(row.parent)
    }
  }
  return rows.filter((row) => found.has(row.id))
}

/** The saved rows with what was typed meanwhile; a value that has been saved is settled. */
export function settle(rows: Row[], saved: Row[], sent: Row[]): Row[] {
  if (rows === sent) return saved
  const known = new Map(saved.map((row) => [row.id, row]))
  return rows.map((row) => (known.has(row.id) ? { ...row, fresh: false, typed: true, value: known.get(row.id)!.value } : row))
}
