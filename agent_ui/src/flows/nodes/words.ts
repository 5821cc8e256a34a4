/** Prompts and values in a line. */
import { caption, t } from '@/shared/i18n'
import type { FlowChoices } from '../composables/useFlowChoices'
import type { Prompt, Valued } from './settings'

export function promptWord(prompt: Prompt, choices: FlowChoices): string {
  if (prompt.variable != null) return t('flow.saysVariable', { name: prompt.variable || t('flow.unset') })
  if (prompt.file != null) return choices.promptName(prompt.file)
  const text = prompt.text ?? {}
  return (prompt.language ? text[prompt.language] : caption(text as never)) || Object.values(text).find(Boolean) || ''
}
export const promptsWord = (prompts: readonly Prompt[] | undefined, choices: FlowChoices): string => (prompts ?? []).map((one) => promptWord(one, choices)).filter(Boolean).join(' ')
export const valueWord = ({ value, variable, template }: Valued): string => variable ?? template ?? (typeof value === 'boolean' ? t(value ? 'common.yes' : 'common.no') : String(value ?? ''))
