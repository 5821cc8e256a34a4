/** SQL as it is typed in expert mode: what its words are, what may follow, and where a problem stands. Pure. */
import type { Captions } from '@/shared/api'

export type Kind = 'word' | 'keyword' | 'function' | 'text' | 'number' | 'parameter' | 'comment' | 'bracket' | 'plain'
export interface Token { text: string; kind: Kind }
export interface Field { key: string; label: Captions; type: string }
export interface Named { identifier: string; name: Captions; fields: Field[] }
export interface World { objects: Named[]; functions: string[]; parameters: string[]; source: string }
export interface Choice { text: string; kind: 'object' | 'field' | 'function' | 'parameter' | 'keyword'; about: string | Captions }
export interface Problem { part: string; line: number; column: number; length: number; said: string }
export const PARTS = ['select', 'source', 'where', 'group', 'having', 'order'] as const
export type Part = (typeof PARTS)[number]

const KEYWORDS = new Set('all and as asc at between by case cast cross current_date current_timestamp date desc distinct else end escape except exists extract false filter first following from full group having ilike in inner intersect interval is join last left like limit not null nulls offset on or order outer over partition preceding range right row rows select then time timestamp true unbounded union when where within zone'.split(' '))
const PATTERN = /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)|(?<bracket>\[\[|\]\])|(?<cast>::)|(?<parameter>:[a-z][a-z0-9_]*)|(?<number>\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<plain>[\s\S])/giu

export function tokensOf(text: string, functions: ReadonlySet<string>): Token[] {
  const found: Token[] = []
  for (const match of text.matchAll(PATTERN)) {
    const { cast, word, ...others } = match.groups as Record<string, string | undefined>
    let kind: Kind = 'plain'
    if (word !== undefined) {
      const small = word.toLowerCase()
      const called = /^\s*\(/.test(text.slice(match.index + word.length))
      kind = called && functions.has(small) ? 'function' : KEYWORDS.has(small) ? 'keyword' : 'word'
    } else if (cast === undefined) kind = (Object.keys(others).find((name) => others[name] !== undefined) ?? 'plain') as Kind
    const last = found.at(-1)
    if (last && kind === 'plain' && last.kind === 'plain') last.text += match[0]
    else found.push({ text: match[0], kind })
  }
  return found
}

/** Alias → object, as FROM says; an object without one is called by its own name. */
export function aliasesIn(source: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, object = '', alias = ''] of source.toLowerCase().matchAll(/(?:^|,|\bjoin\b|\bfrom\b)\s*([a-z_][a-z0-9_]*)(?:\s+(?:as\s+)?([a-z_][a-z0-9_]*))?/g)) {
    if (!KEYWORDS.has(object)) found[alias && !KEYWORDS.has(alias) ? alias : object] = object
  }
  return found
}

/** What is being typed at a place: an alias before the point, and the beginning of a word. */
export function typedAt(text: string, at: number): { alias: string; word: string; from: number; parameter: boolean } {
  const [, before = '', word = ''] = /((?:[\p{L}_][\p{L}\p{N}_]*\.)|:)?([\p{L}_]?[\p{L}\p{N}_]*)$/u.exec(text.slice(0, at)) ?? []
  return { alias: before.endsWith('.') ? before.slice(0, -1).toLowerCase() : '', word, from: at - word.length, parameter: before === ':' }
}

const MOST = 12
export function choicesAt(part: Part, text: string, at: number, world: World): Choice[] {
  const { alias, word, parameter } = typedAt(text, at)
  const begun = word.toLowerCase()
  const fits = (choice: Choice) => choice.text.toLowerCase().startsWith(begun) && choice.text.toLowerCase() !== begun
  if (parameter) return world.parameters.map((key): Choice => ({ text: key, kind: 'parameter', about: '' })).filter(fits).slice(0, MOST)
  const aliases = aliasesIn(part === 'source' ? text : world.source)
  const objectOf = (name: string) => world.objects.find((one) => one.identifier === aliases[name])
  const fieldsOf = (name: string): Choice[] => (objectOf(name)?.fields ?? []).map((field) => ({ text: field.key, kind: 'field', about: field.label }))
  if (alias) return fieldsOf(alias).filter(fits).slice(0, MOST)
  if (!word) return []
  const objects = world.objects.map((one): Choice => ({ text: one.identifier, kind: 'object', about: one.name }))
  const own = Object.keys(aliases).filter((name) => objectOf(name) && name !== aliases[name]).map((name): Choice => ({ text: name, kind: 'object', about: objectOf(name)?.name ?? '' }))
  const keys = new Map(Object.keys(aliases).flatMap(fieldsOf).map((choice) => [choice.text, choice]))
  const functions = world.functions.map((name): Choice => ({ text: name, kind: 'function', about: '' }))
  const keywords = [...KEYWORDS].map((name): Choice => ({ text: name, kind: 'keyword', about: '' }))
  const all = part === 'source' ? [...objects, ...own, ...keys.values(), ...keywords] : [...own, ...keys.values(), ...functions, ...keywords]
  return all.filter(fits).slice(0, MOST)
}

/** The text with a choice in place of what was typed, and where the cursor is then. */
export function chosen(text: string, at: number, choice: Choice): { text: string; at: number } {
  const { from } = typedAt(text, at)
  const put = choice.kind === 'function' ? `${choice.text}(` : choice.text
  return { text: text.slice(0, from) + put + text.slice(at), at: from + put.length }
}

/** From where to where a problem reaches; lines and columns count from 1. */
export function spanOf(text: string, problem: Pick<Problem, 'line' | 'column' | 'length'>): [number, number] {
  const before = text.split('\n').slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0)
  const from = Math.min(before + problem.column - 1, Math.max(text.length - 1, 0))
  return [from, Math.min(from + Math.max(problem.length, 1), text.length)]
}

/** Tokens cut where problems begin and end, each with whether it is in one. */
export function markedTokens(text: string, tokens: Token[], problems: Problem[]): (Token & { bad: boolean })[] {
  const spans = problems.map((one) => spanOf(text, one))
  const cuts = [...new Set(spans.flat())].sort((one, other) => one - other)
  let place = 0
  return tokens.flatMap((token) => {
    const [begin, end] = [place, place + token.text.length]
    place = end
    const edges = [begin, ...cuts.filter((cut) => cut > begin && cut < end), end]
    return edges.slice(1).map((edge, at) => {
      const from = edges[at] ?? begin
      return { kind: token.kind, text: text.slice(from, edge), bad: spans.some(([low, high]) => from >= low && edge <= high) }
    })
  })
}
