/** A pasted list to contacts: “name, number” or “number, name”, one a line; lines without a number are named. */
import { dialable, looksLikeNumber } from '@/shared/format'

export interface ListContact { name: string; number: string }

export function readContacts(text: string): { contacts: ListContact[]; bad: number[] } {
  const contacts: ListContact[] = []
  const bad: number[] = []
  text.split(/\r?\n/).forEach((line, index) => {
    const parts = line.split(/[,，;\t]/).map((part) => part.trim()).filter(Boolean)
    if (!parts.length) return
    const number = parts.find(looksLikeNumber)
    if (!number) return void bad.push(index + 1)
    contacts.push({ number: dialable(number), name: parts.find((part) => part !== number) ?? '' })
  })
  return { contacts, bad }
}
