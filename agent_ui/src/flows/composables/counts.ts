/** How many calls came by, as marks on the canvas. Pure. */
import type { CallInFlow, FlowCounters } from '@/shared/api'
import { NO_MARKS, type Marks } from '../components/canvas'
import { exitsOf } from '../nodes'
import type { Flow } from './definition'
import { lineId, linesOf, START } from './graph'

/** The exit of whoever hung up at a node. */
const GONE = 'gone'

/** Every node and line of the flow has a number, none is zero; those of nodes that are gone since are left out. */
export function marksOf(flow: Flow, counters: FlowCounters): Marks {
  const visits = new Map(counters.nodes.map((one) => [one.node, one.visits]))
  const times = new Map(counters.exits.map((one) => [lineId(one.node, one.exit), one.times]))
  const back = flow.nodes.flatMap((node) => exitsOf(node).filter((exit) => node.exits[exit] === flow.start).map((exit) => times.get(lineId(node.id, exit)) ?? 0))
  const come = Math.max(0, (visits.get(flow.start) ?? 0) - back.reduce((sum, one) => sum + one, 0))
  return {
    ...NO_MARKS, visits: new Map(flow.nodes.map((one) => [one.id, visits.get(one.id) ?? 0])), exits: new Map(linesOf(flow).map((line) => [line.id, line.source === START ? come : (times.get(line.id) ?? 0)])),
    left: new Map(counters.exits.filter((one) => one.exit === GONE).map((one) => [one.node, one.times])),
  }
}

/** Where one call is, and the lines it walked in this flow. */
export const marksOfCall = (call: CallInFlow, service: string): Marks => ({
  ...NO_MARKS, active: call.service === service ? call.node : '',
  walked: new Set([lineId(START, 'next'), ...call.path.filter((one) => one.service === service && one.exit).map((one) => lineId(one.node, one.exit))]),
})
