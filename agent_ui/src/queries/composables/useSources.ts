/** Fields that a query's columns and parameters are of, as their objects define them for this user. */
import { useDefinitions } from '@/shared/records/useDefinitions'
import { isApiError, type Captions, type Field } from '@/shared/api'

interface Named { object: string | null; field: string | null; label: Captions }

export function useSources() {
  const definitions = useDefinitions()
  /** An object that this user may not open has no fields here: values then stand as the server says them. */
  async function load(named: Named[]): Promise<void> {
    const objects = [...new Set(named.flatMap((one) => one.object ?? []))]
    await Promise.all(objects.map(async (object) => {
      try {
        await definitions.load(object)
      } catch (error) {
        if (!isApiError(error)) throw error
      }
    }))
  }
  /** The field under the label that it has in the query. */
  function fieldOf(one: Named): Field | null {
    const found = one.object ? definitions.known[one.object]?.fields.find((field) => field.key === one.field) : undefined
    return found ? { ...found, label: one.label } : null
  }
  return { load, fieldOf, definitions }
}
export type Sources = ReturnType<typeof useSources>
