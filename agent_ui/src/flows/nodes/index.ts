/** The registry of kinds: every folder beside this file is one. */
import type { FlowNode } from '../composables/definition'
import type { FlowChoices } from '../composables/useFlowChoices'
import { t } from '@/shared/i18n'
import type { Kind } from './kind'

const found = import.meta.glob<{ default: Kind }>('./*/index.ts', { eager: true })
export const KINDS: ReadonlyMap<string, Kind> = new Map(Object.values(found).map((one) => [one.default.kind, one.default]))

/** In the order of the palette. */
export const ORDER = ['play', 'menu', 'collect', 'language', 'record', 'survey', 'condition', 'schedule', 'verify', 'set_variable', 'query', 'write', 'http', 'message', 'transfer', 'callback', 'flow', 'return', 'hang_up']

export const exitsOf = (node: FlowNode): readonly string[] => KINDS.get(node.kind)?.exits(node.settings) ?? Object.keys(node.exits)
export const lacksOf = (node: FlowNode): readonly string[] => (KINDS.get(node.kind)?.lacks?.(node.settings) ?? []).filter((one): one is string => !!one)
export const setsOf = (node: FlowNode): readonly string[] => KINDS.get(node.kind)?.sets?.(node.settings) ?? []
export const summaryOf = (node: FlowNode, choices: FlowChoices): string => KINDS.get(node.kind)?.summary(node.settings, choices) ?? ''
export const kindWord = (kind: string): string => (KINDS.has(kind) ? t(`flow.kind.${kind}`) : kind)
export const exitWord = (node: FlowNode, exit: string): string => KINDS.get(node.kind)?.exitWord?.(exit, node.settings) ?? t(`flow.exit.${exit}`)
