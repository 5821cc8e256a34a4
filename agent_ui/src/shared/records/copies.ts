/** What a record takes over from one that it refers to: shown as soon as that is chosen. The server does the same when it is saved. */
import { api, isApiError, type Definition, type Field, type Values } from '@/shared/api'
import { isBlank } from '@/shared/fields'

export interface Copied { values: Values; texts: Record<string, string> }

/** The fields that ask the reference `by`. */
export const copiesOf = (definition: Definition, by: string): Field[] => definition.fields.filter((field) => field.copied?.by === by)

/** Nothing of what its reader does not see, nor while the server does not answer. */
export async function copiedBy(definition: Definition, by: string, id: unknown): Promise<Copied> {
  const found: Copied = { values: {}, texts: {} }
  const object = definition.fields.find((field) => field.key === by)?.reference?.object
  const wanted = copiesOf(definition, by)
  if (!object || !wanted.length || typeof id !== 'string') return found
  try {
    const from = await api.get('/objects/{identifier}/records/{record_id}', { params: { path: { identifier: object, record_id: id } } })
    for (const field of wanted) {
      const there = field.copied!.field
      if (isBlank(from.values[there]) || from.masked.includes(there)) continue
      found.values[field.key] = from.values[there]
      if (from.display[there]) found.texts[field.key] = from.display[there]
    }
  } catch (error) {
    if (!isApiError(error)) throw error
  }
  return found
}
