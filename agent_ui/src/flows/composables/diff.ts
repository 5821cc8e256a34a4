/** What a draft changes in the flow that is in force. Where nodes lie is no change. Pure. */
import { nodeIn, type Flow, type FlowNode } from './definition'

export type Change = { what: 'added' | 'removed' | 'settings' | 'ways' | 'renamed'; node: string } | { what: 'start' | 'languages'; node: '' }

const same = (one: unknown, other: unknown): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
/** The order of keys means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, part]) => [key, sorted(part)]))
}

function within(was: FlowNode, now: FlowNode): Change[] {
  const found: Change[] = []
  if (was.kind !== now.kind || !same(was.settings, now.settings)) found.push({ what: 'settings', node: now.id })
  if (!same(was.exits, now.exits)) found.push({ what: 'ways', node: now.id })
  return found
}

export function changesOf(before: Flow | null, after: Flow): Change[] {
  if (!before) return after.nodes.map((one) => ({ what: 'added', node: one.id }))
  const found: Change[] = []
  if (before.start !== after.start) found.push({ what: 'start', node: '' })
  if (!same(before.languages, after.languages)) found.push({ what: 'languages', node: '' })
  for (const node of after.nodes) {
    const was = nodeIn(before, node.id)
    if (!was) {
      found.push({ what: 'added', node: node.id })
      continue
    }
    found.push(...within(was, node))
    if ((before.names[node.id] ?? '') !== (after.names[node.id] ?? '')) found.push({ what: 'renamed', node: node.id })
  }
  return [...found, ...before.nodes.filter((one) => !nodeIn(after, one.id)).map((one): Change => ({ what: 'removed', node: one.id }))]
}
