import { expect, it } from 'vitest'
import type { Flow } from './definition'
import { placesOf, sizesOf } from './graph'
import { freePlace, GRID, layout } from './layout'
import { flow, node } from './testing'

const laid = (of: Flow) => layout(of, sizesOf(of))
function overlaps(of: Flow, places = laid(of)): string[] {
  const boxes = of.nodes.map((one) => ({ id: one.id, at: places[one.id] ?? [0, 0], ...sizesOf(of)(one.id) }))
  return boxes.flatMap((one, n) => boxes.slice(n + 1).filter((other) => one.at[0] < other.at[0] + other.width && other.at[0] < one.at[0] + one.width && one.at[1] < other.at[1] + other.height && other.at[1] < one.at[1] + one.height).map((other) => `${one.id} ${other.id}`))
}
const chain = (length: number, of: (n: number) => Record<string, string>): Flow => flow({ start: 'n0', nodes: Array.from({ length }, (_, n) => node(`n${n}`, 'menu', { keys: ['1', '2'] }, of(n))) })

it('leads from left to right: a node stands right of all that lead to it', () => {
  const places = laid(flow())
  const x = (id: string) => places[id]?.[0] ?? NaN
  expect([x('hello'), x('hello') < x('menu'), x('menu') < x('code'), x('code') < x('known'), x('known') < x('agents')]).toEqual([0, true, true, true, true])
})

it('lets no nodes lie on each other, on the grid, each with a place', () => {
  const wide = chain(200, (n) => ({ 1: `n${(n * 2 + 1) % 200}`, 2: `n${(n * 2 + 2) % 200}`, timeout: 'n0' }))
  expect(overlaps(wide)).toEqual([])
  expect(Object.values(laid(wide)).flat().every((one) => one % GRID === 0)).toBe(true)
  expect(overlaps(flow())).toEqual([])
})

it('is the same for the same flow', () => expect(laid(flow())).toEqual(laid(flow())))

it('comes to an end with rings, with ways to nowhere and with nodes that nothing leads to', () => {
  const ring = chain(3, (n) => ({ 1: `n${(n + 1) % 3}`, 2: 'nowhere', timeout: `n${n}` }))
  expect(Object.keys(laid(ring))).toHaveLength(3)
  const lost = flow({ nodes: [...flow().nodes, node('lost', 'play', {}, { next: 'lost' })] })
  expect(laid(lost).lost).toBeDefined()
  expect(laid(flow({ start: '', nodes: [] }))).toEqual({})
})

it('lays out five hundred nodes in a chain without running out of stack, in well under a second', () => {
  const before = performance.now()
  expect(Object.keys(laid(chain(500, (n) => ({ 1: `n${n + 1}` }))))).toHaveLength(500)
  expect(performance.now() - before).toBeLessThan(1000)
})

it('leaves what was placed where it is, and finds room for what was not', () => {
  const placed = flow({ layout: { ...laid(flow()), hello: [-400, 16] } })
  const more: Flow = { ...placed, nodes: [...placed.nodes, node('extra', 'play')] }
  const places = placesOf(more)
  expect([places.hello, places.menu]).toEqual([[-400, 16], placed.layout.menu])
  expect(overlaps(more, places)).toEqual([])
})

it('puts a new node below what lies where it is wanted', () => {
  const size = { width: 200, height: 54 }
  expect(freePlace([{ place: [0, 0], ...size }, { place: [0, 100], ...size }], [5, 3], size)).toEqual([0, 224])
})
