/** Where nodes lie when nobody has placed them: columns by how far from the start, rows so that few lines cross. Pure. */
import type { Flow, Place } from './definition'

export type SizeOf = (id: string) => { width: number; height: number }
export const GRID = 16
const BETWEEN_COLUMNS = 72
const BETWEEN_ROWS = 64
const SWEEPS = 4

const onGrid = (value: number): number => Math.round(value / GRID) * GRID

/** Edges by node, each target once, in the order of the exits; those to themselves and to nowhere left out. */
function edgesOf(flow: Flow): Map<string, string[]> {
  const known = new Set(flow.nodes.map((one) => one.id))
  return new Map(flow.nodes.map((one) => [one.id, [...new Set(Object.values(one.exits))].filter((to) => known.has(to) && to !== one.id)]))
}

/** The edges without those that lead back: what is left has no ring. What is not reached from the start begins by itself. */
function forward(flow: Flow, edges: Map<string, string[]>): Map<string, string[]> {
  const ahead = new Map<string, string[]>(flow.nodes.map((one) => [one.id, []]))
  const state = new Map<string, 'open' | 'done'>()
  const entered = new Set([...edges.values()].flat())
  const roots = [flow.start, ...flow.nodes.map((one) => one.id).filter((id) => !entered.has(id)), ...flow.nodes.map((one) => one.id)]
  for (const root of roots) {
    if (state.has(root) || !edges.has(root)) continue
    // By hand, not by recursion: a flow may be a chain of hundreds.
    const stack = [{ id: root, at: 0 }]
    state.set(root, 'open')
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = edges.get(top.id)?.[top.at++]
      if (next === undefined) {
        state.set(top.id, 'done')
        stack.pop()
      } else if (state.get(next) !== 'open') {
        ahead.get(top.id)?.push(next)
        if (!state.has(next)) {
          state.set(next, 'open')
          stack.push({ id: next, at: 0 })
        }
      }
    }
  }
  return ahead
}

function ranksOf(ahead: Map<string, string[]>): Map<string, number> {
  const into = new Map<string, number>([...ahead.keys()].map((id) => [id, 0]))
  for (const to of [...ahead.values()].flat()) into.set(to, (into.get(to) ?? 0) + 1)
  const rank = new Map<string, number>()
  const ready = [...into].filter(([, n]) => !n).map(([id]) => id)
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    const own = rank.get(id) ?? 0
    rank.set(id, own)
    for (const to of ahead.get(id) ?? []) {
      rank.set(to, Math.max(rank.get(to) ?? 0, own + 1))
      into.set(to, (into.get(to) ?? 0) - 1)
      if (!into.get(to)) ready.push(to)
    }
  }
  return rank
}

function reversed(ahead: Map<string, string[]>): Map<string, string[]> {
  const back = new Map<string, string[]>([...ahead.keys()].map((id) => [id, []]))
  for (const [from, targets] of ahead) for (const to of targets) back.get(to)?.push(from)
  return back
}

/** Each column in the order of the middle of its neighbours, forth and back a few times. */
function ordered(columns: string[][], ahead: Map<string, string[]>, back: Map<string, string[]>): void {
  const at = new Map<string, number>()
  const number = (column: string[]) => column.forEach((id, place) => at.set(id, place))
  columns.forEach(number)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    for (const column of down ? columns : columns.toReversed()) {
      const middle = new Map(column.map((id) => {
        const near = ((down ? back : ahead).get(id) ?? []).map((one) => at.get(one) ?? 0)
        return [id, near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : (at.get(id) ?? 0)]
      }))
      column.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0))
      number(column)
    }
  }
}

/** A place for every node; the start's column begins at 0. */
export function layout(flow: Flow, sizeOf: SizeOf): Record<string, Place> {
  const ahead = forward(flow, edgesOf(flow))
  const back = reversed(ahead)
  const rank = ranksOf(ahead)
  const columns: string[][] = []
  for (const id of ahead.keys()) (columns[rank.get(id) ?? 0] ??= []).push(id)
  ordered(columns, ahead, back)
  const places: Record<string, Place> = {}
  /** In line with where one comes from. */
  function beside(id: string, at: number): number {
    const from = (back.get(id) ?? []).flatMap((one) => (places[one] ? places[one][1] + sizeOf(one).height / 2 : []))
    const { height } = sizeOf(id)
    return from.length ? from.reduce((sum, one) => sum + one, 0) / from.length - height / 2 : at * (height + BETWEEN_ROWS)
  }
  let x = 0
  for (const column of columns) {
    const wanted = column.map((id, at) => beside(id, at))
    let free = -Infinity
    const packed = column.map((id, at) => {
      const y = Math.max(wanted[at] ?? 0, free)
      free = y + sizeOf(id).height + BETWEEN_ROWS
      return y
    })
    // What was pushed down is shared by the whole column, so that it stays in the middle of what leads to it.
    const shift = packed.reduce((sum, y, at) => sum + (wanted[at] ?? 0) - y, 0) / packed.length
    column.forEach((id, at) => (places[id] = [x, onGrid((packed[at] ?? 0) + shift)]))
    x = onGrid(x + Math.max(...column.map((id) => sizeOf(id).width)) + BETWEEN_COLUMNS)
  }
  return places
}

/** Where a new node goes: beside its neighbour, below what lies there already. */
export function freePlace(taken: Iterable<{ place: Place; width: number; height: number }>, wanted: Place, size: { width: number; height: number }): Place {
  const others = [...taken]
  const x = onGrid(wanted[0])
  let y = onGrid(wanted[1])
  const hit = () => others.find(({ place, width, height }) => x < place[0] + width + GRID && place[0] < x + size.width + GRID && y < place[1] + height + GRID && place[1] < y + size.height + GRID)
  for (let other = hit(); other; other = hit()) y = onGrid(other.place[1] + other.height + BETWEEN_ROWS)
  return [x, y]
}
