/** Conditions as rows of a form: `a == 1 and b in ('x', 'y')`. What is more than rows can say stays a text. Pure. */

export const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'] as const
export type Operator = (typeof OPERATORS)[number]
/** Names of their captions: a path of captions takes no signs. */
export const OPERATOR_WORDS: Record<Operator, string> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', in: 'in', 'not in': 'not_in' }
/** `values`: one, or for a list any number. Digits stand for a number unless they are quoted: see `asNumber`. */
export interface Row { variable: string; operator: Operator; values: Literal[] }
export interface Literal { text: string; number: boolean }
export interface Rows { any: boolean; rows: Row[] }

const TOKEN = /\s*(?:(-?\d+(?:\.\d+)?)|('[^']*'|"[^"]*")|(==|!=|<=|>=|<|>)|([(),])|([A-Za-z_]\w*))/y
const NUMBER = /^-?\d+(\.\d+)?$/
type Token = { kind: 'number' | 'text' | 'operator' | 'mark' | 'word'; value: string }
const KINDS = ['number', 'text', 'operator', 'mark', 'word'] as const

function tokens(text: string): Token[] | null {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  const end = text.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text)
    if (!match) return null
    const at = match.slice(1).findIndex((part) => part !== undefined)
    found.push({ kind: KINDS[at] ?? 'word', value: match[at + 1] ?? '' })
  }
  return found
}

class Reader {
  private at = 0
  constructor(private readonly all: Token[]) {}
  get done(): boolean {
    return this.at >= this.all.length
  }
  take(kind: Token['kind'], value?: string): string | null {
    const token = this.all[this.at]
    if (token?.kind !== kind || (value !== undefined && token.value !== value)) return null
    this.at++
    return token.value
  }
  literal(): Literal | null {
    const number = this.take('number')
    if (number !== null) return { text: number, number: true }
    const text = this.take('text')
    return text === null ? null : { text: text.slice(1, -1), number: false }
  }
  list(): Literal[] | null {
    if (this.take('mark', '(') === null) return null
    const found: Literal[] = []
    for (let one = this.literal(); one; one = this.take('mark', ',') === null ? null : this.literal()) found.push(one)
    return found.length && this.take('mark', ')') !== null ? found : null
  }
  row(): Row | null {
    const variable = this.take('word')
    if (variable === null || ['and', 'or', 'not', 'in'].includes(variable)) return null
    const compared = this.take('operator')
    if (compared !== null) {
      const value = this.literal()
      return value && { variable, operator: compared as Operator, values: [value] }
    }
    const negated = this.take('word', 'not') !== null
    if (this.take('word', 'in') === null) return null
    const values = this.list()
    return values && { variable, operator: negated ? 'not in' : 'in', values }
  }
}

/** Null: it is more than rows can say. */
export function rowsOf(text: string): Rows | null {
  const all = tokens(text)
  if (!all) return null
  const reader = new Reader(all)
  const rows: Row[] = []
  const joins = new Set<string>()
  for (;;) {
    const row = reader.row()
    if (!row) return null
    rows.push(row)
    if (reader.done) break
    const join = reader.take('word', 'and') ?? reader.take('word', 'or')
    if (join === null) return null
    joins.add(join)
  }
  return joins.size > 1 ? null : { any: joins.has('or'), rows }
}

const literal = ({ text, number }: Literal): string => (number && NUMBER.test(text) ? text : text.includes("'") ? `"${text.replaceAll('"', '')}"` : `'${text}'`)
function rowText({ variable, operator, values }: Row): string {
  // One value in parentheses is no list without its comma.
  const list = `(${values.map(literal).join(', ')}${values.length === 1 ? ',' : ''})`
  return `${variable} ${operator} ${operator.endsWith('in') ? list : literal(values[0] ?? { text: '', number: false })}`
}
export const textOf = ({ any, rows }: Rows): string => rows.map(rowText).join(any ? ' or ' : ' and ')

/** What is typed in a form: digits are a number where they have no leading zero that would be lost. */
export const typed = (text: string): Literal => ({ text, number: NUMBER.test(text) && !/^-?0\d/.test(text) })
