/** Ready fields of the library, as the designer offers them. */
import type { FieldType, ReadySetting } from '@/shared/api'
import type { FieldStart } from './operations'

export const typeOfReady = (ready: ReadySetting): FieldType => (ready.content as { type: FieldType }).type
/** By a part of their name in either language, or of their key. */
export function readyFields(all: ReadySetting[], q: string): ReadySetting[] {
  const wanted = q.trim().toLowerCase()
  return all.filter((one) => !wanted || [...Object.values(one.name), one.key].some((word) => word.toLowerCase().includes(wanted)))
}
export const startFrom = (ready: ReadySetting): FieldStart => structuredClone(ready.content) as unknown as FieldStart
