/** A flow as the designer holds it: its JSON (docs/guides/ivr.md), whatever state it is in. Never changed in place. */

export type Settings = Record<string, unknown>
export interface FlowNode { id: string; kind: string; settings: Settings; exits: Record<string, string> }
export type Place = readonly [number, number]
/** `layout` and `names` lead no caller: where nodes lie, and what people call them. */
export interface Flow { start: string; languages: string[]; nodes: FlowNode[]; layout: Record<string, Place>; names: Record<string, string> }

export const LANGUAGES = ['zh-CN', 'en'] as const
export const MOST_NODES = 500
export const LONGEST_NAME = 60

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
const words = (value: unknown): Record<string, string> => Object.fromEntries(Object.entries(record(value)).filter((one): one is [string, string] => typeof one[1] === 'string'))

function nodeOf(raw: Record<string, unknown>): FlowNode {
  return { id: String(raw.id), kind: String(raw.kind ?? ''), settings: record(raw.settings), exits: words(raw.exits) }
}
function placesOf(raw: unknown): Record<string, Place> {
  const good = Object.entries(record(raw)).filter((one): one is [string, [number, number]] => Array.isArray(one[1]) && one[1].length === 2 && one[1].every(Number.isFinite))
  return Object.fromEntries(good)
}

/** What can be drawn of a definition; what another hand wrote into it and is no flow is left out. */
export function readFlow(definition: unknown): Flow {
  const raw = record(definition)
  const nodes = (Array.isArray(raw.nodes) ? raw.nodes : []).filter(isRecord).filter((one) => typeof one.id === 'string').map(nodeOf)
  const languages = (Array.isArray(raw.languages) ? raw.languages : []).filter((one): one is string => typeof one === 'string')
  return { start: typeof raw.start === 'string' ? raw.start : '', languages: languages.length ? languages : ['zh-CN'], nodes, layout: placesOf(raw.layout), names: words(raw.names) }
}
export const writeFlow = (flow: Flow): Record<string, unknown> => ({ ...flow })

export const nodeIn = (flow: Flow, id: string): FlowNode | undefined => flow.nodes.find((one) => one.id === id)

/** An id like its kind with the first number that is free. */
export function freeId(kind: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) if (!taken.has(`${kind}_${n}`)) return `${kind}_${n}`
}
