/** A flow as the canvas draws it: sizes, places, lines. Pure. */
import { exitsOf } from '../nodes'
import type { Flow, FlowNode, Place } from './definition'
import { freePlace, layout, type SizeOf } from './layout'

/** As the node's own style has them. */
export const NODE_WIDTH = 200
const HEAD_HEIGHT = 54
const EXIT_HEIGHT = 26
const EXITS_PADDING = 7
/** The marker of where calls come in; no node's id has an @. */
export const START = '@start'
export const START_WIDTH = 96
const BEFORE_START = 64
/** The one exit of a node stands in its head, several have rows. */
export const rowsOf = (exits: readonly string[]): readonly string[] => (exits.length > 1 ? exits : [])

export function sizeOf(node: FlowNode): { width: number; height: number } {
  const rows = rowsOf(exitsOf(node)).length
  return { width: NODE_WIDTH, height: HEAD_HEIGHT + (rows ? rows * EXIT_HEIGHT + EXITS_PADDING : 0) }
}
export function sizesOf(flow: Flow): SizeOf {
  const sizes = new Map(flow.nodes.map((one) => [one.id, sizeOf(one)]))
  return (id) => sizes.get(id) ?? { width: NODE_WIDTH, height: HEAD_HEIGHT }
}

/** Where every node lies: where it was put, else by the layout of the whole, else where there is room. */
export function placesOf(flow: Flow): Record<string, Place> {
  const missing = flow.nodes.filter((one) => !flow.layout[one.id])
  if (!missing.length) return flow.layout
  const size = sizesOf(flow)
  const laid = layout(flow, size)
  if (missing.length === flow.nodes.length) return laid
  const places = { ...flow.layout }
  for (const { id } of missing) places[id] = freePlace(Object.entries(places).map(([other, place]) => ({ place, ...size(other) })), laid[id] ?? [0, 0], size(id))
  return places
}
export const startPlace = (flow: Flow, places: Record<string, Place>): Place => {
  const [x, y] = places[flow.start] ?? [0, 0]
  return [x - START_WIDTH - BEFORE_START, y]
}

export interface Line { id: string; source: string; exit: string; target: string }
export const lineId = (node: string, exit: string): string => `${node}/${exit}`
export function linesOf(flow: Flow): Line[] {
  const known = new Set(flow.nodes.map((one) => one.id))
  const lines = flow.nodes.flatMap((node) => exitsOf(node).flatMap((exit) => {
    const target = node.exits[exit]
    return target && known.has(target) ? [{ id: lineId(node.id, exit), source: node.id, exit, target }] : []
  }))
  return known.has(flow.start) ? [{ id: lineId(START, 'next'), source: START, exit: 'next', target: flow.start }, ...lines] : lines
}
