/** The registry of kinds: every folder beside this file is one. */
import type { FlowNode, Settings } from '../composables/definition'
import type { FlowChoices } from '../composables/useFlowChoices'
import { t } from '@/shared/i18n'
import type { Kind } from './kind'

const found = import.meta.glob<{ default: Kind }>('./*/index.ts', { eager: true })
export const KINDS: ReadonlyMap<string, Kind> = new Map(Object.values(found).map((one) => [one.default.kind, one.default]))

/** In the order of the palette. */
export const ORDER = ['play', 'menu', 'collect', 'language', 'record', 'survey', 'condition', 'schedule', 'verify', 'set_variable', 'query', 'write', 'http', 'message', 'transfer', 'callback', 'flow', 'return', 'hang_up']

/**
 * With those of a new node where one that forms and exits count on is missing, or is something else: another hand may
 * have written the draft. What a node may do without stays as it is; a default filled in there would be saved as a choice.
 */
export function settingsOf(node: FlowNode): Settings {
  const known = KINDS.get(node.kind)
  const alike = (one: unknown, other: unknown) => typeof one === typeof other && Array.isArray(one) === Array.isArray(other) && (one === null) === (other === null)
  const wrong = Object.entries(known?.blank() ?? {}).filter(([key, value]) => !known?.optional?.includes(key) && !alike(node.settings[key], value))
  return wrong.length ? { ...node.settings, ...Object.fromEntries(wrong) } : node.settings
}
export const exitsOf = (node: FlowNode): readonly string[] => KINDS.get(node.kind)?.exits(settingsOf(node)) ?? Object.keys(node.exits)
export const lacksOf = (node: FlowNode): readonly string[] => (KINDS.get(node.kind)?.lacks?.(settingsOf(node)) ?? []).filter((one): one is string => !!one)
export const setsOf = (node: FlowNode): readonly string[] => KINDS.get(node.kind)?.sets?.(settingsOf(node)) ?? []
export const summaryOf = (node: FlowNode, choices: FlowChoices): string => KINDS.get(node.kind)?.summary(settingsOf(node), choices) ?? ''
export const kindWord = (kind: string): string => (KINDS.has(kind) ? t(`flow.kind.${kind}`) : kind)
export const exitWord = (node: FlowNode, exit: string): string => KINDS.get(node.kind)?.exitWord?.(exit, settingsOf(node)) ?? t(`flow.exit.${exit}`)
