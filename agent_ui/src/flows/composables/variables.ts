/** Which variables a node may name: those that some way to it sets, and what every call brings. Pure. */
import type { Flow, FlowNode } from './definition'

export const CALL_VARIABLES = ['caller', 'called', 'language', 'customers'] as const
export const CUSTOMER = 'customer_'
/** `from`: ids of the nodes that set it. */
export interface Variable { name: string; from: string[] }

/** All nodes from which a way leads to this one; itself only where it lies in a ring. */
export function upstream(flow: Flow, id: string): Set<string> {
  const into = new Map<string, string[]>()
  for (const node of flow.nodes) for (const to of Object.values(node.exits)) into.set(to, [...(into.get(to) ?? []), node.id])
  const found = new Set<string>()
  const waiting = [...(into.get(id) ?? [])]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (found.has(one)) continue
    found.add(one)
    waiting.push(...(into.get(one) ?? []))
  }
  return found
}

export function variablesAt(flow: Flow, id: string, sets: (node: FlowNode) => readonly string[]): Variable[] {
  const before = upstream(flow, id)
  const found = new Map<string, string[]>()
  for (const node of flow.nodes) if (before.has(node.id)) for (const name of sets(node)) if (name) found.set(name, [...(found.get(name) ?? []), node.id])
  return [...found].map(([name, from]) => ({ name, from })).sort((one, other) => one.name.localeCompare(other.name))
}
