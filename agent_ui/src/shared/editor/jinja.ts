/** Templates as they are typed: which parts of a text are the language, what its words are, and what may follow. Pure. */
import type { Captions } from '@/shared/api'
import { fitting, type Choice, type Choices, type ChoiceKind, type Language, type Token } from './text'

export interface Member { text: string; about: string | Captions; options?: { value: string; label: string | Captions }[] }
/** What a template knows by a name, and what is reached of it with a point. */
export interface Known { text: string; about: string | Captions; members?: Member[] }
/** An instruction: called (`f(…)`) or put after a value (`value | f`). */
export interface Word { text: string; about: string | Captions; put?: string; more?: Choice['more'] }
export interface World { names: Known[]; functions: Word[]; filters: Word[]; html: boolean }

export interface Region { kind: 'text' | 'print' | 'block' | 'comment'; from: number; to: number; open: boolean }
const ENDS = { print: '}}', block: '%}', comment: '#}' } as const
const OPENS = { '{{': 'print', '{%': 'block', '{#': 'comment' } as const
const MOST = 60

/** A text in its parts, one behind the other; `open`: one that is not closed yet. What is raw is text. */
export function regionsOf(text: string): Region[] {
  const found: Region[] = []
  const add = (kind: Region['kind'], from: number, to: number, open = false) => to > from && found.push({ kind, from, to, open })
  let at = 0
  while (at < text.length) {
    const next = /\{[{%#]/g
    next.lastIndex = at
    const begun = next.exec(text)
    if (!begun) break
    const kind = OPENS[begun[0] as keyof typeof OPENS]
    const end = endOf(text, begun.index + 2, kind)
    add('text', at, begun.index)
    add(kind, begun.index, end ?? text.length, end === null)
    at = end ?? text.length
    if (kind === 'block' && /^\{%[-+]?\s*raw\b/.test(text.slice(begun.index, at))) {
      const closing = /\{%[-+]?\s*endraw\b/.exec(text.slice(at))
      const stop = closing ? at + closing.index : text.length
      add('text', at, stop)
      at = stop
    }
  }
  add('text', at, text.length)
  return found
}
/** Behind the sign that closes; one within quotes closes nothing. */
function endOf(text: string, from: number, kind: keyof typeof ENDS): number | null {
  const sign = ENDS[kind]
  if (kind === 'comment') {
    const at = text.indexOf(sign, from)
    return at < 0 ? null : at + 2
  }
  const pattern = /'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|[}%]\}/g
  pattern.lastIndex = from
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) if (match[0] === sign) return match.index + 2
  return null
}

// -- words -------------------------------------------------------------------------------------------

const KEYWORDS = new Set('and or not in is if elif else for set macro call filter with endif endfor endset endmacro endcall endfilter endwith raw endraw true false none recursive'.split(' '))
const WORDS = /(?<text>'(?:\\[\s\S]|[^'\\])*'?|"(?:\\[\s\S]|[^"\\])*"?)|(?<number>\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<plain>[\s\S])/gu

function wordsOf(text: string): Token[] {
  const found: Token[] = []
  let before = ''
  for (const match of text.matchAll(WORDS)) {
    const { text: quoted, number, word } = match.groups as Record<string, string | undefined>
    let kind: Token['kind'] = quoted !== undefined ? 'text' : number !== undefined ? 'number' : 'plain'
    if (word !== undefined) {
      const called = /^\s*\(/.test(text.slice(match.index + word.length))
      kind = before === '|' ? 'function' : before === '.' ? 'word' : KEYWORDS.has(word) ? 'keyword' : called ? 'function' : 'word'
    }
    if (match[0].trim()) before = match[0].trim().slice(-1)
    push(found, match[0], kind)
  }
  return found
}
function push(found: Token[], text: string, kind: Token['kind']): void {
  const last = found.at(-1)
  if (last?.kind === kind && kind === 'plain') last.text += text
  else if (text) found.push({ text, kind })
}

const MARKUP = /(?<comment><!--[\s\S]*?(?:-->|$))|(?<tag><\/?[a-z][\w-]*|\/?>)|(?<text>"[^"]*"?|'[^']*'?)|(?<attribute>[\w:-]+(?=\s*=))|(?<plain>[\s\S])/gi
/** Where in markup a text begins or ends: a place for a value may cut a tag, and a quotation in it. */
interface Inside { tag: boolean; quote: string }
function markup(text: string, begun: Inside): { tokens: Token[]; inside: Inside } {
  const tokens: Token[] = []
  let { tag } = begun
  let quote = ''
  let rest = text
  if (begun.quote) {
    const end = text.indexOf(begun.quote)
    push(tokens, end < 0 ? text : text.slice(0, end + 1), 'text')
    if (end < 0) return { tokens, inside: begun }
    rest = text.slice(end + 1)
  }
  for (const match of rest.matchAll(MARKUP)) {
    const groups = match.groups as Record<string, string | undefined>
    let kind = (Object.keys(groups).find((name) => groups[name] !== undefined) ?? 'plain') as Token['kind']
    if (kind === 'tag') {
      if (match[0].endsWith('>') && !tag) kind = 'plain'
      tag = match[0].startsWith('<')
    } else if (!tag && kind !== 'comment') kind = 'plain'
    if (kind === 'text' && (match[0].length < 2 || !match[0].endsWith(match[0][0]!))) quote = match[0][0]!
    push(tokens, match[0], kind)
  }
  return { tokens, inside: { tag, quote } }
}

export function tokensOf(text: string, html: boolean): Token[] {
  const found: Token[] = []
  let inside: Inside = { tag: false, quote: '' }
  for (const region of regionsOf(text)) {
    const part = text.slice(region.from, region.to)
    if (region.kind === 'text' && html) {
      const marked = markup(part, inside)
      found.push(...marked.tokens)
      inside = marked.inside
    } else if (region.kind === 'text') found.push({ text: part, kind: 'plain' })
    else if (region.kind === 'comment') found.push({ text: part, kind: 'comment' })
    else {
      const [, begin = '', inner = '', end = ''] = /^(\{[{%][-+]?)([\s\S]*?)([-+]?[}%]\})?$/.exec(part) ?? []
      found.push({ text: begin, kind: 'bracket' }, ...wordsOf(inner))
      if (end) found.push({ text: end, kind: 'bracket' })
    }
  }
  return found
}

// -- what may follow ---------------------------------------------------------------------------------

/** Blocks, each with the words that may stand within it; those with none are not closed. */
const BLOCKS: Record<string, string[]> = { if: ['elif', 'else', 'endif'], for: ['else', 'endfor'], macro: ['endmacro'], call: ['endcall'], filter: ['endfilter'], with: ['endwith'], raw: ['endraw'] }
const LOOP: Member[] = ['index', 'index0', 'revindex', 'first', 'last', 'length', 'previtem', 'nextitem'].map((text) => ({ text, about: '' }))
const TESTS = ['defined', 'none', 'even', 'odd', 'divisibleby', 'number', 'string', 'sequence', 'mapping', 'in']
const OPERATORS = ['and', 'or', 'not', 'in', 'is', 'if', 'else', 'true', 'false', 'none']

/** What is open before a place, the innermost last, and what has got a name there. */
export function scopeAt(text: string, at: number): { open: string[]; names: string[] } {
  const open: { block: string; names: string[] }[] = []
  const given: string[] = []
  for (const region of regionsOf(text.slice(0, at))) {
    if (region.kind !== 'block' || region.open) continue
    const [, block = '', rest = ''] = /^\{%[-+]?\s*(\w+)([\s\S]*)%\}$/.exec(text.slice(region.from, region.to)) ?? []
    const before = rest.split(/\bin\b|=/)[0] ?? ''
    const words = before.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []
    if (block === 'set') given.push(...words)
    else if (block === 'macro') {
      given.push(words[0] ?? '')
      open.push({ block, names: (rest.slice(rest.indexOf('(')).match(/[\p{L}_][\p{L}\p{N}_]*(?=\s*[,=)])/gu) ?? []) })
    } else if (block in BLOCKS) open.push({ block, names: block === 'for' ? [...words, 'loop'] : block === 'with' ? words : [] })
    else if (block.startsWith('end') && open.at(-1)?.block === block.slice(3)) open.pop()
  }
  return { open: open.map((one) => one.block), names: [...new Set([...given, ...open.flatMap((one) => one.names)])].filter(Boolean) }
}

const simple = (kind: ChoiceKind) => (text: string): Choice => ({ text, kind, about: '' })
const called = (kind: 'function' | 'filter') => (one: Word): Choice => ({ text: one.text, kind, about: one.about, put: one.put, more: one.more })
const NOTHING: Choice[] = []

export function choicesAt(text: string, at: number, world: World): Choices {
  const region = regionsOf(text.slice(0, at)).at(-1)
  if (!region?.open || region.kind === 'comment' || region.kind === 'text') return { from: at, choices: NOTHING }
  const before = text.slice(region.from + 2, at).replace(/^[-+]/, ' ')
  const [, word = ''] = /([\p{L}_]?[\p{L}\p{N}_]*)$/u.exec(before) ?? []
  const offered = (choices: Choice[], begun = word): Choices => ({ from: at - begun.length, choices: fitting(choices, begun, MOST) })
  const quote = openQuote(before)
  if (quote !== null) return offered(valuesFor(before.slice(0, quote), world), before.slice(quote + 1))
  const ahead = before.slice(0, before.length - word.length)
  if (region.kind === 'block' && !ahead.trim()) return offered(blocksAt(text, region.from))
  if (/\|\s*$/.test(ahead)) return offered(world.filters.map(called('filter')))
  if (/\bis\s+(?:not\s+)?$/.test(ahead)) return offered(TESTS.map(simple('test')))
  const { names } = scopeAt(text, region.from)
  const path = /([\p{L}_][\p{L}\p{N}_]*)\.$/u.exec(ahead)?.[1]
  if (path !== undefined) {
    const members = path === 'loop' && names.includes('loop') ? LOOP : (world.names.find((one) => one.text === path)?.members ?? [])
    return offered(members.map((one): Choice => ({ text: one.text, kind: 'field', about: one.about })))
  }
  // A point behind anything else has members that nobody knows yet, and a number is no name.
  if (/[.\d]$/.test(ahead) || (!word && !/(?:^|[({[,=<>|+*/%~-]|\b(?:if|in|and|or|not|elif|set))\s*$/.test(ahead))) return { from: at, choices: NOTHING }
  const own = [...world.names.map((one): Choice => ({ text: one.text, kind: 'variable', about: one.about })), ...names.map(simple('variable'))]
  return offered([...own, ...world.functions.map(called('function')), ...(word ? OPERATORS.map(simple('keyword')) : [])])
}

/** Where the quotation begins that is not closed; null for none. */
function openQuote(before: string): number | null {
  const last = [...before.matchAll(WORDS)].at(-1)
  const quoted = last?.groups?.text
  const closed = quoted !== undefined && quoted.length > 1 && quoted.endsWith(quoted[0]!) && !quoted.endsWith(`\\${quoted[0]}`)
  return last && quoted !== undefined && !closed ? last.index : null
}
/** `codes.level == '`: the choices that the field has. */
function valuesFor(before: string, world: World): Choice[] {
  const [, name = '', key = ''] = /([\p{L}_][\p{L}\p{N}_]*)\.([\p{L}_][\p{L}\p{N}_]*)\s*(?:[!=]=|(?:not\s+)?in\s*[[(](?:\s*(?:'[^']*'|"[^"]*")\s*,)*)\s*$/u.exec(before) ?? []
  const member = world.names.find((one) => one.text === name)?.members?.find((one) => one.text === key)
  return (member?.options ?? []).map((one): Choice => ({ text: one.value, kind: 'value', about: one.label }))
}
/** What closes the innermost block is what one wants most. */
function blocksAt(text: string, at: number): Choice[] {
  const { open } = scopeAt(text, at)
  const within = BLOCKS[open.at(-1) ?? ''] ?? []
  return [...[...within].reverse(), 'if', 'for', 'set', 'macro', 'call', 'filter', 'with', 'raw'].map((one): Choice => ({ text: one, kind: 'keyword', about: '', put: one in BLOCKS || one === 'set' || one === 'elif' ? `${one} ` : one }))
}

export const jinja = (world: World): Language => ({ tokens: (text) => tokensOf(text, world.html), choicesAt: (text, at) => choicesAt(text, at, world) })
