/** Colleagues named in a comment: kept by id as `@{id}`, typed and read by name. Pure. */
import type { Comment } from '@/shared/api'

export type Person = Comment['mentions'][number]
export type Piece = { text: string; person?: Person }

const MENTION = /@\{([0-9a-f-]{36})\}/g

/** What was typed, as the server keeps it. A longer name goes first: 王伟 must not take a part of 王伟明. */
export function toStored(typed: string, people: Person[]): string {
  const longest = [...people].sort((one, other) => other.name.length - one.name.length)
  return longest.reduce((text, person) => text.replaceAll(`@${person.name}`, `@{${person.id}}`), typed)
}

/** What is kept, as it is typed. */
export const toTyped = (text: string, people: Person[]): string =>
  piecesOf(text, people).map((piece) => piece.text).join('')

/** Of those that were picked, whom the text still names. */
export const named = (typed: string, picked: Person[]): Person[] => {
  const stored = toStored(typed, picked)
  return picked.filter((person) => stored.includes(`@{${person.id}}`))
}

/** The text in order, mentions apart: shown as text, never as HTML. */
export function piecesOf(text: string, people: Person[]): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(MENTION)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) })
    const person = people.find((one) => one.id === match[1])
    found.push(person ? { text: `@${person.name}`, person } : { text: '@…' })
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from) })
  return found
}
