/** Everything that changes a flow: pure, each gives another flow, or the same where there is nothing to do. */
import { freeId, MOST_NODES, nodeIn, type Flow, type FlowNode, type Place, type Settings } from './definition'

export interface Exit { node: string; name: string }
/** What was copied: nodes with their places and names, and the exits among them. */
export interface Clip { nodes: FlowNode[]; layout: Record<string, Place>; names: Record<string, string> }

const without = <V>(from: Record<string, V>, gone: (key: string) => boolean): Record<string, V> => Object.fromEntries(Object.entries(from).filter(([key]) => !gone(key)))
const changed = (flow: Flow, id: string, change: (node: FlowNode) => FlowNode): Flow => ({ ...flow, nodes: flow.nodes.map((one) => (one.id === id ? change(one) : one)) })

export function addNode(flow: Flow, node: FlowNode, place: Place): Flow {
  if (flow.nodes.length >= MOST_NODES) return flow
  return { ...flow, start: flow.start || node.id, nodes: [...flow.nodes, node], layout: { ...flow.layout, [node.id]: place } }
}

/** Nodes and all that leads to them. A start that is gone is the first node that is left. */
export function removeNodes(flow: Flow, ids: readonly string[]): Flow {
  const gone = new Set(ids)
  if (!flow.nodes.some((one) => gone.has(one.id))) return flow
  const nodes = flow.nodes.filter((one) => !gone.has(one.id)).map((one) => (Object.values(one.exits).some((to) => gone.has(to)) ? { ...one, exits: without(one.exits, (exit) => gone.has(one.exits[exit] ?? '')) } : one))
  return { ...flow, nodes, start: gone.has(flow.start) ? (nodes[0]?.id ?? '') : flow.start, layout: without(flow.layout, (id) => gone.has(id)), names: without(flow.names, (id) => gone.has(id)) }
}

export function connect(flow: Flow, { node, name }: Exit, target: string): Flow {
  const from = nodeIn(flow, node)
  if (!from || !nodeIn(flow, target) || from.exits[name] === target) return flow
  return changed(flow, node, (one) => ({ ...one, exits: { ...one.exits, [name]: target } }))
}
export function disconnect(flow: Flow, exits: readonly Exit[]): Flow {
  return exits.reduce((now, { node, name }) => (name in (nodeIn(now, node)?.exits ?? {}) ? changed(now, node, (one) => ({ ...one, exits: without(one.exits, (key) => key === name) })) : now), flow)
}
export const startAt = (flow: Flow, id: string): Flow => (flow.start === id || !nodeIn(flow, id) ? flow : { ...flow, start: id })

/** Settings, and the exits that they give: one that is no more is let go, one that was renamed keeps its way. */
export function settle(flow: Flow, id: string, settings: Settings, exitsOf: (node: FlowNode) => readonly string[]): Flow {
  const node = nodeIn(flow, id)
  if (!node || JSON.stringify(node.settings) === JSON.stringify(settings)) return flow
  const [before, after] = [exitsOf(node), exitsOf({ ...node, settings })]
  const renamed = before.length === after.length ? Object.fromEntries(before.map((name, at) => [name, after[at] ?? name])) : {}
  const kept = Object.entries(node.exits).map(([name, to]): [string, string] => [after.includes(name) ? name : (renamed[name] ?? name), to])
  return changed(flow, id, (one) => ({ ...one, settings, exits: Object.fromEntries(kept.filter(([name]) => after.includes(name))) }))
}
export function rename(flow: Flow, id: string, name: string): Flow {
  if ((flow.names[id] ?? '') === name) return flow
  return { ...flow, names: name ? { ...flow.names, [id]: name } : without(flow.names, (key) => key === id) }
}

export function place(flow: Flow, places: Readonly<Record<string, Place>>): Flow {
  const moved = Object.entries(places).filter(([id, [x, y]]) => flow.layout[id]?.[0] !== x || flow.layout[id]?.[1] !== y)
  return moved.length ? { ...flow, layout: { ...flow.layout, ...Object.fromEntries(moved) } } : flow
}
export function speak(flow: Flow, languages: string[]): Flow {
  return languages.length && languages.join() !== flow.languages.join() ? { ...flow, languages } : flow
}

export function copy(flow: Flow, ids: readonly string[]): Clip {
  const taken = new Set(ids)
  const within = <V>(from: Record<string, V>) => without(from, (id) => !taken.has(id))
  const nodes = flow.nodes.filter((one) => taken.has(one.id)).map((one) => ({ ...one, exits: without(one.exits, (exit) => !taken.has(one.exits[exit] ?? '')) }))
  return { nodes, layout: within(flow.layout), names: within(flow.names) }
}
/** The copies, with ids of their own and apart from where they came from; and the ids. */
export function paste(flow: Flow, clip: Clip, by: Place): { flow: Flow; ids: string[] } {
  if (flow.nodes.length + clip.nodes.length > MOST_NODES) return { flow, ids: [] }
  const taken = new Set(flow.nodes.map((one) => one.id))
  const ids = new Map<string, string>()
  for (const { id, kind } of clip.nodes) {
    const own = freeId(kind, taken)
    taken.add(own)
    ids.set(id, own)
  }
  const own = (id: string) => ids.get(id) ?? id
  const keyed = <V>(from: Record<string, V>, change: (value: V) => V) => Object.fromEntries(Object.entries(from).map(([id, value]) => [own(id), change(value)]))
  const nodes = clip.nodes.map((one) => ({ ...one, id: own(one.id), exits: Object.fromEntries(Object.entries(one.exits).map(([name, to]) => [name, own(to)])) }))
  const layout = keyed(clip.layout, ([x, y]): Place => [x + by[0], y + by[1]])
  return { flow: { ...flow, start: flow.start || (nodes[0]?.id ?? ''), nodes: [...flow.nodes, ...nodes], layout: { ...flow.layout, ...layout }, names: { ...flow.names, ...keyed(clip.names, (name) => name) } }, ids: [...ids.values()] }
}
