/** What the designer knows of a kind of node. One folder a kind: `index.ts` and `form.vue`; nothing else changes for a new one. */
import type { Component } from 'vue'
import { t } from '@/shared/i18n'
import type { Settings } from '../composables/definition'
import type { FlowChoices } from '../composables/useFlowChoices'
import type { Editing } from '../composables/useFlow'
import type { Prompt } from './settings'

export const GROUPS = ['say', 'decide', 'data', 'lead'] as const
export type Group = (typeof GROUPS)[number]

export interface Kind<S extends object = Settings> {
  kind: string
  group: Group
  icon: Component
  /** Settings of a new node. */
  blank: () => S
  /** Those of them that another node may do without, or hold in another form: none is a fault. */
  optional?: readonly (keyof S)[]
  /** Exits in their order; a node leads somewhere by each. */
  exits: (settings: S) => readonly string[]
  /** One line of what it does; empty where nothing is said yet. */
  summary: (settings: S, choices: FlowChoices) => string
  /** What is not filled yet, by the names of captions (`flow.lack.*`). */
  lacks?: (settings: S) => readonly (string | false)[]
  /** Variables that it sets. */
  sets?: (settings: S) => readonly string[]
  /** The word of an exit, where `flow.exit.<name>` is not it. */
  exitWord?: (exit: string, settings: S) => string
  form: Component
}
export const kind = <S extends object>(of: Kind<S>): Kind => of as unknown as Kind

/** What a form is given; it emits `change` with all settings, and what of them is being typed. */
export interface FormProps<S extends object> { settings: S; id: string; editing: Editing }

/** A key that leads on, as it is said: the key itself. */
export const keyed = (exit: string): string => (/^[0-9*#]$/.test(exit) ? t('flow.key', { key: exit }) : t(`flow.exit.${exit}`))
/** Also where an uploaded prompt or a variable is still to be chosen. */
export const saysNothing = (prompts: readonly Prompt[] | undefined): boolean => !prompts?.length || prompts.some((one) => one.file === '' || one.variable === '')
