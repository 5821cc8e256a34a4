/** What is filled in before a list, in words: on paper there is nothing to look up. */
import { isApiError, type AskedParameter, type Field } from '@/shared/api'
import { namerOf } from '@/shared/fields/directory'
import type { NameOf } from '@/shared/fields/useNamed'
import { caption, t } from '@/shared/i18n'
import { wordOf } from '@/shared/records/views/chips'
import { dayWord } from './parameters'
import type { Given } from './useQueryRun'

const TICKED = ['empty', 'filled']

/** Of what is gone or out of reach its id is all that can be told. */
async function named(nameOf: NameOf, id: string): Promise<string> {
  try {
    return (await nameOf(id)) ?? id
  } catch (error) {
    if (!isApiError(error)) throw error
    return id
  }
}
async function spoken(parameter: AskedParameter, field: Field | null, text: string): Promise<string> {
  if (TICKED.includes(parameter.operator) || parameter.type === 'boolean') return t(text === 'true' ? 'common.yes' : 'common.no')
  const word = dayWord(text)
  if (word !== text) return word
  const nameOf = text.startsWith('$') ? undefined : namerOf(field?.type ?? parameter.type, field?.reference?.object)
  if (nameOf) return named(nameOf, text)
  return field ? wordOf(field, text) : text
}

/** `Level gold, silver`: one for each parameter that is filled in. */
export async function toldOf(parameters: readonly AskedParameter[], given: Given, fieldOf: (one: AskedParameter) => Field | null): Promise<string[]> {
  const told = await Promise.all(parameters.map(async (one) => {
    const texts = (given[one.key] ?? one.default).filter(Boolean)
    const words = await Promise.all(texts.map((text) => spoken(one, fieldOf(one), text)))
    return words.length ? [`${caption(one.label)} ${words.join(one.operator === 'between' ? ' – ' : t('design.comma'))}`] : []
  }))
  return told.flat()
}
