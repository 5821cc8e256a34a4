/** The cases of the server's own tests: what it works out, the page works out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CALLS, evaluate, type Operand, type Tree } from './evaluate'

type Kind = 'number' | 'text' | 'boolean' | 'date' | 'datetime' | 'nothing'
interface Story { fields: Record<string, { kind: Kind; value: string | boolean | null }>; cases: [string, Kind, string | boolean | null][] }
const read = <T>(name: string): T => JSON.parse(readFileSync(join(import.meta.dirname, '../../../../tests/unit/expressions', name), 'utf-8')) as T
const story = read<Story>('cases.json')
const trees = read<Record<string, Tree>>('trees.json')

function operand(kind: Kind, value: string | boolean | null): Operand {
  if (value === null) return null
  if (kind === 'number') return Number(value)
  return kind === 'datetime' ? new Date(String(value)) : value
}
const values = new Map(Object.entries(story.fields).map(([key, { kind, value }]) => [key, operand(kind, value)]))

it.each(story.cases)('%s', (text, kind, value) => {
  const found = evaluate(trees[text]!, values)
  const wanted = operand(kind, value)
  if (typeof wanted === 'number' && Math.abs(wanted) > 1e15) expect(Number(found) / wanted).toBeCloseTo(1, 12)
  else expect(found).toEqual(wanted)
})

it('knows every function that a case uses, and has no others', () => {
  const called = new Set<string>()
  const walk = (tree: Tree): void => {
    if (!('call' in tree)) return
    called.add(tree.call)
    tree.of.forEach(walk)
  }
  Object.values(trees).forEach(walk)
  expect([...called].sort()).toEqual([...CALLS].sort())
})
