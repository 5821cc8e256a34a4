/** A text that is written in a language: its coloured words, what may follow, and where a problem stands. Pure. */
import type { Captions } from '@/shared/api'

export type Colour = 'plain' | 'word' | 'keyword' | 'function' | 'text' | 'number' | 'parameter' | 'comment' | 'bracket' | 'tag' | 'attribute'
export interface Token { text: string; kind: Colour }
/** Lines and columns count from 1; a length of 0 is the whole line. */
export interface Problem { line: number; column: number; length: number; said: string }
export type ChoiceKind = 'object' | 'field' | 'function' | 'filter' | 'parameter' | 'keyword' | 'variable' | 'value' | 'test'
/** Something that may stand where one types. put: what is put there, if it is more than its text; more: what it does, for who hesitates. */
export interface Choice { text: string; kind: ChoiceKind; about: string | Captions; put?: string; more?: { signature: string; example?: string; result?: string } }
/** from: where the word begins that a choice stands in place of. */
export interface Choices { from: number; choices: Choice[] }
export interface Language { tokens: (text: string) => Token[]; choicesAt: (text: string, at: number) => Choices }
export type Marked = Token & { bad: boolean }

/** What begins like the word that is typed, and is not it already. */
export function fitting(choices: Choice[], word: string, most: number): Choice[] {
  const begun = word.toLowerCase()
  return choices.filter((one) => one.text.toLowerCase().startsWith(begun) && one.text.toLowerCase() !== begun).slice(0, most)
}

/** Where a line begins and ends; lines count from 1. */
export function lineSpan(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return [before, before + (lines[line - 1]?.length ?? 0)]
}

/** From where to where a problem reaches; one that lies behind the text stands at its end. */
export function spanOf(text: string, problem: Pick<Problem, 'line' | 'column' | 'length'>): [number, number] {
  if (!problem.length) {
    const [begin, end] = lineSpan(text, problem.line)
    return [begin + (/^\s*/.exec(text.slice(begin, end))?.[0].length ?? 0), end]
  }
  const before = text.split('\n').slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0)
  const from = Math.min(before + problem.column - 1, Math.max(text.length - 1, 0))
  return [from, Math.min(from + problem.length, text.length)]
}

/** Tokens cut where problems begin and end, each with whether it is in one. */
export function markedTokens(text: string, tokens: Token[], problems: Problem[]): Marked[] {
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

/** The same, a line each: only those that are in sight are drawn. */
export function inLines(tokens: Marked[]): Marked[][] {
  const lines: Marked[][] = [[]]
  for (const token of tokens) {
    token.text.split('\n').forEach((text, at) => {
      if (at) lines.push([])
      if (text) lines.at(-1)?.push({ ...token, text })
    })
  }
  return lines
}
