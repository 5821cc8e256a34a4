/** Problems and changes of a flow in the reader's words. */
import { i18n, t } from '@/shared/i18n'
import { exitWord, kindWord } from '../nodes'
import type { Problem } from './checks'
import type { FlowNode } from './definition'
import type { Change } from './diff'

const told = (key: string): boolean => i18n.global.te(key)

export function problemWord({ code, detail }: Problem, node: FlowNode | undefined): string {
  if (code === 'lacking') return t(`flow.lack.${detail}`)
  if ((code === 'missing-exit' || code === 'unknown-exit') && node) return t(`flow.problem.${code}`, { detail: exitWord(node, detail) })
  if (code === 'missing-prompt' || code === 'unknown-language') return t(`flow.problem.${code}`, { detail: told(`flow.language.${detail}`) ? t(`flow.language.${detail}`) : detail })
  if (code === 'unknown-kind') return t('flow.problem.unknown-kind', { detail: kindWord(detail) })
  return told(`flow.problem.${code}`) ? t(`flow.problem.${code}`, { detail }) : `${code} ${detail}`
}

export const changeWord = (change: Change, nameOf: (node: string) => string): string => t(`flow.change.${change.what}`, { name: change.node && nameOf(change.node) })
