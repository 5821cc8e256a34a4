/** Ready fields and triggers of the library, as the designer offers them. */
import type { FieldType, ReadySetting } from '@/shared/api'
import { freeKey, keysOf, type Doc } from './document'
import type { FieldStart } from './operations'
import { fieldsIn, MOST_TRIGGERS, toldTheAssignee, type Trigger } from './triggers'

export const typeOfReady = (ready: ReadySetting): FieldType => (ready.content as { type: FieldType }).type
/** By a part of their name in either language, or of their key. */
export function readyOnes(all: ReadySetting[], q: string): ReadySetting[] {
  const wanted = q.trim().toLowerCase()
  return all.filter((one) => !wanted || [...Object.values(one.name), one.key].some((word) => word.toLowerCase().includes(wanted)))
}
export const startFrom = (ready: ReadySetting): FieldStart => structuredClone(ready.content) as unknown as FieldStart

export const triggerOf = (ready: ReadySetting): Trigger => structuredClone(ready.content) as unknown as Trigger
/** What an object lacks for a trigger: keys of fields, and whether nobody is its assignee. */
export interface Lack { fields: string[]; assignee: boolean }
export function lackOf(doc: Doc, trigger: Trigger): Lack | null {
  const there = new Set(keysOf(doc))
  const fields = fieldsIn(trigger).filter((key) => !there.has(key))
  const assignee = toldTheAssignee(trigger) && !doc.links.assignee
  return fields.length || assignee ? { fields, assignee } : null
}
/** At the end of the triggers, under a key that is free. */
export function addTrigger(doc: Doc, trigger: Trigger): Doc {
  const triggers = doc.triggers ?? []
  if (triggers.length >= MOST_TRIGGERS) return doc
  return { ...doc, triggers: [...triggers, { ...trigger, key: freeKey(triggers.map((one) => one.key), trigger.key) }] }
}
