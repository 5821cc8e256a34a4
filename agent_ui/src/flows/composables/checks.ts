/** What keeps a flow from being published. What can be seen here is told at once, the rest by the server's answer. Pure. */
import type { Flow, FlowNode } from './definition'

/** `node`: its id, empty where it is the whole flow. `lacking`: our own words for settings that are not filled yet, `detail` names them. */
export interface Problem { node: string; code: string; detail: string }
export interface Known { exits: (node: FlowNode) => readonly string[]; lacks: (node: FlowNode) => readonly string[] }

const HERE = new Set(['missing-exit', 'unreachable', 'lacking'])

export function reached(flow: Flow): Set<string> {
  const nodes = new Map(flow.nodes.map((one) => [one.id, one]))
  const found = new Set<string>()
  const waiting = [flow.start]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = nodes.get(id)
    if (!node || found.has(id)) continue
    found.add(id)
    waiting.push(...Object.values(node.exits))
  }
  return found
}

export function problemsHere(flow: Flow, { exits, lacks }: Known): Problem[] {
  const within = reached(flow)
  return flow.nodes.flatMap((node) => [
    ...lacks(node).map((detail) => ({ node: node.id, code: 'lacking', detail })),
    ...exits(node).filter((name) => !node.exits[name]).map((detail) => ({ node: node.id, code: 'missing-exit', detail })),
    ...(within.has(node.id) ? [] : [{ node: node.id, code: 'unreachable', detail: '' }]),
  ])
}

/** The server's list was made for what it last had: of what can be seen here it is not asked. */
export function together(flow: Flow, here: readonly Problem[], told: readonly Problem[]): Problem[] {
  const ids = new Set(flow.nodes.map((one) => one.id))
  const lacking = new Set(here.filter((one) => one.code === 'lacking').map((one) => one.node))
  const theirs = told.filter((one) => !HERE.has(one.code) && (!one.node || ids.has(one.node)) && !(one.code === 'bad-setting' && lacking.has(one.node)) && !(one.code === 'unreadable' && !flow.nodes.length))
  return [...here, ...theirs]
}
