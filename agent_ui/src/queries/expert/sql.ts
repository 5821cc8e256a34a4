/** SQL as it is typed in expert mode: what its words are, and what may follow. Pure. */
import type { Captions } from '@/shared/api'
import { fitting, type Choice, type Choices, type Colour, type Language, type Problem as Fault, type Token } from '@/shared/editor/text'

export interface Field { key: string; label: Captions; type: string }
export interface Named { identifier: string; name: Captions; fields: Field[] }
export interface World { objects: Named[]; functions: string[]; parameters: string[]; source: string }
/** place: of what is no text (`colors.1.when`); "" otherwise. */
export interface Problem extends Fault { part: string; place: string }
export type Tab = 'objects' | 'parameters' | 'columns' | 'rows' | 'use'
/** Where what is wrong beside the texts can be mended; none for what is in a text. */
export function tabOf(place: string): Tab | null {
  const [part] = place.split('.')
  return !part ? null : part === 'parameters' || part === 'columns' ? part : 'rows'
}
export const PARTS = ['select', 'source', 'where', 'group', 'having', 'order'] as const
export type Part = (typeof PARTS)[number]

const KEYWORDS = new Set('all and as asc at between by case cast cross current_date current_timestamp date desc distinct else end escape except exists extract false filter first following from full group having ilike in inner intersect interval is join last left like limit not null nulls offset on or order outer over partition preceding range right row rows select then time timestamp true unbounded union when where within zone'.split(' '))
const PATTERN = /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)|(?<bracket>\[\[|\]\])|(?<cast>::)|(?<parameter>:[a-z][a-z0-9_]*)|(?<number>\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<plain>[\s\S])/giu

export function tokensOf(text: string, functions: ReadonlySet<string>): Token[] {
  const found: Token[] = []
  for (const match of text.matchAll(PATTERN)) {
    const { cast, word, ...others } = match.groups as Record<string, string | undefined>
    let kind: Colour = 'plain'
    if (word !== undefined) {
      const small = word.toLowerCase()
      const called = /^\s*\(/.test(text.slice(match.index + word.length))
      kind = called && functions.has(small) ? 'function' : KEYWORDS.has(small) ? 'keyword' : 'word'
    } else if (cast === undefined) kind = (Object.keys(others).find((name) => others[name] !== undefined) ?? 'plain') as Colour
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
export function choicesAt(part: Part, text: string, at: number, world: World): Choices {
  const { alias, word, parameter, from } = typedAt(text, at)
  const offered = (choices: Choice[]): Choices => ({ from, choices: fitting(choices, word, MOST) })
  if (parameter) return offered(world.parameters.map((key): Choice => ({ text: key, kind: 'parameter', about: '' })))
  const aliases = aliasesIn(part === 'source' ? text : world.source)
  const objectOf = (name: string) => world.objects.find((one) => one.identifier === aliases[name])
  const fieldsOf = (name: string): Choice[] => (objectOf(name)?.fields ?? []).map((field) => ({ text: field.key, kind: 'field', about: field.label }))
  if (alias) return offered(fieldsOf(alias))
  if (!word) return offered([])
  const objects = world.objects.map((one): Choice => ({ text: one.identifier, kind: 'object', about: one.name }))
  const own = Object.keys(aliases).filter((name) => objectOf(name) && name !== aliases[name]).map((name): Choice => ({ text: name, kind: 'object', about: objectOf(name)?.name ?? '' }))
  const keys = new Map(Object.keys(aliases).flatMap(fieldsOf).map((choice) => [choice.text, choice]))
  const functions = world.functions.map((name): Choice => ({ text: name, kind: 'function', about: '', put: `${name}(` }))
  const keywords = [...KEYWORDS].map((name): Choice => ({ text: name, kind: 'keyword', about: '' }))
  const all = part === 'source' ? [...objects, ...own, ...keys.values(), ...keywords] : [...own, ...keys.values(), ...functions, ...keywords]
  return offered(all)
}

export const sql = (part: Part, world: World): Language => {
  const functions = new Set(world.functions)
  return { tokens: (text) => tokensOf(text, functions), choicesAt: (text, at) => choicesAt(part, text, at, world) }
}
