/** What can be done to a document. Every act answers with a new one and leaves the old as it was, so that it can be undone. */
import type { FieldType } from '@/shared/api'
import { inLists } from './lists'
import { asksFor, renameIn } from './rules'
import { renameInTriggers, triggersWith, type Trigger } from './triggers'
import { fieldOf, fieldsOf, freeKey, groupOf, keyFrom, keysOf, type Access, type Act, type Doc, type DocField, type DocGroup, type Flag, type Label, type Reach, type Settings } from './document'

/** The item, moved before or after another of the same list. */
export function place<T>(list: T[], item: T, target: T, after: boolean): T[] {
  if (item === target) return list
  const rest = list.filter((one) => one !== item)
  const at = rest.indexOf(target)
  return at < 0 ? list : rest.toSpliced(at + (after ? 1 : 0), 0, item)
}
export function step<T>(list: T[], item: T, by: 1 | -1): T[] {
  const at = list.indexOf(item)
  const target = list[at + by]
  return at < 0 || target === undefined ? list : place(list, item, target, by === 1)
}

const withGroups = (doc: Doc, change: (group: DocGroup) => DocGroup): Doc => ({ ...doc, groups: doc.groups.map(change) })
const withField = (doc: Doc, key: string, change: (field: DocField) => DocField): Doc =>
  withGroups(doc, (group) => (group.fields.some((field) => field.key === key) ? { ...group, fields: group.fields.map((field) => (field.key === key ? change(field) : field)) } : group))

/** What the product makes has a name already. */
const STAMP_LABELS: Partial<Record<FieldType, Label>> = {
  created_at: { 'zh-CN': '创建时间', en: 'Entered at' }, created_by: { 'zh-CN': '创建人', en: 'Entered by' },
  updated_at: { 'zh-CN': '修改时间', en: 'Changed at' }, updated_by: { 'zh-CN': '修改人', en: 'Changed by' },
}
/** What a new field of a type cannot do without. */
const STARTS: Partial<Record<FieldType, Partial<DocField>>> = {
  serial: { read_only: true, settings: { rule: 'NO{yyyyMMdd}{seq:5}' } },
  formula: { settings: { result: 'number', places: 2 } },
  long_text: { width: 2 },
  rich_text: { width: 2 }, file: { width: 2 }, image: { width: 2 },
  details: { width: 2, settings: {} },
  // Records are mostly looked up by whom or what they name.
  ...Object.fromEntries(['reference', 'user', 'team'].map((type) => [type, { indexed: true }])),
  ...Object.fromEntries(Object.entries(STAMP_LABELS).map(([type, label]) => [type, { label }])),
  ...Object.fromEntries(['choice', 'choices', 'cascade'].map((type) => [type, { settings: { options: [{ value: 'option_1', label: { 'zh-CN': '选项 1', en: 'Option 1' } }] } }])),
}
export const NEW_FIELD: Label = { 'zh-CN': '新字段', en: 'New field' }
export const NEW_GROUP: Label = { 'zh-CN': '新分组', en: 'New group' }

/** What a new field begins with: at least its type, and the key that it would like. */
export type FieldStart = Omit<DocField, 'key'> & { key?: string }
export const startOf = (type: FieldType): FieldStart => ({ label: NEW_FIELD, ...structuredClone(STARTS[type] ?? {}), type })
export const nextFieldKey = (doc: Doc, start: Pick<FieldStart, 'key' | 'label'> = { label: NEW_FIELD }): string => freeKey(keysOf(doc), start.key ?? keyFrom(start.label.en))
/** Adds a field after another, or at the end of a group (of the last, if none is named). */
export function addField(doc: Doc, what: FieldType | FieldStart, at: { after?: string; group?: string } = {}): Doc {
  const start = typeof what === 'string' ? startOf(what) : what
  const field: DocField = { ...start, key: nextFieldKey(doc, start) }
  const home = (at.after && groupOf(doc, at.after)) || doc.groups.find((group) => group.key === at.group) || doc.groups.at(-1)
  if (!home) return { ...doc, groups: [{ key: 'base', label: NEW_GROUP, fields: [field] }] }
  const index = at.after ? home.fields.findIndex((one) => one.key === at.after) : -1
  return withGroups(doc, (group) => (group === home ? { ...group, fields: group.fields.toSpliced(index < 0 ? group.fields.length : index + 1, 0, field) } : group))
}

export const changeField = (doc: Doc, key: string, changes: Partial<DocField>): Doc => withField(doc, key, (field) => ({ ...field, ...changes }))

/** Flags that are off are not written. A field in the list has its column there. */
export function setFlag(doc: Doc, key: string, flag: Flag, on: boolean): Doc {
  if (flag === 'in_list') return setColumns(doc, on ? [...doc.list.columns.filter((one) => one !== key), key] : doc.list.columns.filter((one) => one !== key))
  return withField(doc, key, ({ [flag]: _was, ...field }) => (on ? { ...field, [flag]: true } : (field as DocField)))
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)
/** A setting without a value is not written. */
export const setSetting = (doc: Doc, key: string, name: string, value: unknown): Doc =>
  withField(doc, key, (field) => {
    const { [name]: _was, ...rest } = field.settings ?? {}
    return { ...field, settings: isNothing(value) ? rest : { ...rest, [name]: value } }
  })

/** Settings that the new type knows stay; a default, or what is copied, would be of the wrong kind. */
export const changeType = (doc: Doc, key: string, type: FieldType, known: string[]): Doc =>
  withField(doc, key, (field) => {
    const start = structuredClone(STARTS[type] ?? {})
    const kept = Object.entries(field.settings ?? {}).filter(([name]) => !['default', 'begin', 'copied'].includes(name) && known.includes(name))
    const settings: Settings = { ...start.settings, ...Object.fromEntries(kept) }
    // Options of its own and those of a code table are one or the other.
    if (settings.codes) delete settings.options
    const { required: _required, ...rest } = field
    return { ...(type === 'formula' ? rest : field), ...(start.read_only ? { read_only: true } : {}), ...(start.indexed ? { indexed: true } : {}), type, settings }
  })

/** Where a choice takes its options from: a code table, or (null) its own list, begun anew. The default was one of the former. */
export const setSource = (doc: Doc, key: string, codes: string | null): Doc =>
  withField(doc, key, (field) => {
    const { codes: _codes, options: _options, default: _default, ...rest } = field.settings ?? {}
    const own = structuredClone(STARTS[field.type]?.settings?.options)
    return { ...field, settings: codes ? { ...rest, codes } : { ...rest, options: own } }
  })

/** A field's key stands in other places too: columns, order, links, key and title. */
function everywhere(doc: Doc, key: string, next: string | null): Doc {
  const swap = (one: string) => (one === key ? (next ?? '') : one)
  const descending = doc.list.sort.startsWith('-') ? '-' : ''
  const sorted = doc.list.sort.slice(descending.length)
  const links = Object.entries(doc.links).map(([part, one]) => [part, swap(one)] as const)
  return {
    ...doc, ...(next && doc.triggers ? { triggers: renameInTriggers(doc.triggers, key, next) } : {}), key_field: swap(doc.key_field), title_field: swap(doc.title_field), links: Object.fromEntries(links.filter(([, one]) => one)),
    list: { columns: doc.list.columns.map(swap).filter(Boolean), sort: sorted !== key ? doc.list.sort : next ? descending + next : '-created_at' },
    ...(doc.lists ? { lists: inLists(doc.lists, key, next) } : {}),
  }
}
export const renameKey = (doc: Doc, key: string, next: string): Doc =>
  key === next || fieldOf(doc, next) ? doc : withField(withGroups(everywhere(doc, key, next), (group) => ({ ...group, fields: group.fields.map((field) => renameIn(field, key, next)) })), key, (field) => ({ ...field, key: next }))
export const removeField = (doc: Doc, key: string): Doc =>
  withGroups(everywhere(doc, key, null), (group) => ({ ...group, fields: group.fields.filter((field) => field.key !== key) }))

/** The key that a label asks for, as long as the key follows the label: what was typed by hand stays. */
export function keyAfter(doc: Doc, field: DocField, english: string): string {
  const follows = field.key.replace(/_\d+$/, '') === keyFrom(field.label.en).replace(/_\d+$/, '')
  const wish = keyFrom(english)
  return follows && wish ? freeKey(keysOf(doc).filter((one) => one !== field.key), wish) : field.key
}

export function placeField(doc: Doc, key: string, target: string, after: boolean): Doc {
  const field = fieldOf(doc, key)
  if (!field || key === target || !fieldOf(doc, target)) return doc
  return withGroups(doc, (group) => {
    const rest = group.fields.filter((one) => one.key !== key)
    const at = rest.findIndex((one) => one.key === target)
    return { ...group, fields: at < 0 ? rest : rest.toSpliced(at + (after ? 1 : 0), 0, field) }
  })
}
export function placeInGroup(doc: Doc, key: string, target: string, end = false): Doc {
  const field = fieldOf(doc, key)
  if (!field || !doc.groups.some((group) => group.key === target)) return doc
  return withGroups(doc, (group) => {
    const rest = group.fields.filter((one) => one.key !== key)
    return { ...group, fields: group.key !== target ? rest : end ? [...rest, field] : [field, ...rest] }
  })
}
/** One place up or down; from the edge of a group into the next. */
export function stepField(doc: Doc, key: string, by: 1 | -1): Doc {
  const home = groupOf(doc, key)
  if (!home) return doc
  const neighbour = home.fields[home.fields.findIndex((field) => field.key === key) + by]
  if (neighbour) return placeField(doc, key, neighbour.key, by === 1)
  const next = doc.groups[doc.groups.indexOf(home) + by]
  return next ? placeInGroup(doc, key, next.key, by === -1) : doc
}

export const nextGroupKey = (doc: Doc): string => freeKey(doc.groups.map((group) => group.key), 'group')
export const addGroup = (doc: Doc): Doc => ({ ...doc, groups: [...doc.groups, { key: nextGroupKey(doc), label: NEW_GROUP, fields: [] }] })
export const renameGroup = (doc: Doc, key: string, label: Label): Doc => withGroups(doc, (group) => (group.key === key ? { ...group, label } : group))
const named = (doc: Doc, key: string) => doc.groups.find((group) => group.key === key)
export function placeGroup(doc: Doc, key: string, target: string, after: boolean): Doc {
  const [group, other] = [named(doc, key), named(doc, target)]
  return group && other ? { ...doc, groups: place(doc.groups, group, other, after) } : doc
}
export function stepGroup(doc: Doc, key: string, by: 1 | -1): Doc {
  const group = named(doc, key)
  return group ? { ...doc, groups: step(doc.groups, group, by) } : doc
}
/** Its fields go to the group before it (or after it); the last group stays. */
export function removeGroup(doc: Doc, key: string): Doc {
  const at = doc.groups.findIndex((group) => group.key === key)
  const heir = doc.groups[at - 1] ?? doc.groups[at + 1]
  if (at < 0 || !heir) return doc
  const orphans = doc.groups[at]?.fields ?? []
  const fields = at > 0 ? [...heir.fields, ...orphans] : [...orphans, ...heir.fields]
  return { ...doc, groups: doc.groups.filter((_, index) => index !== at).map((group) => (group === heir ? { ...group, fields } : group)) }
}

/** The columns of the list; their fields carry the mark. */
export function setColumns(doc: Doc, columns: string[]): Doc {
  const marked = withGroups(doc, (group) => ({
    ...group, fields: group.fields.map(({ in_list: was, ...field }) => (columns.includes(field.key) ? { ...field, in_list: true } : doc.list.columns.includes(field.key) || !was ? (field as DocField) : { ...field, in_list: was })),
  }))
  return { ...marked, list: { ...doc.list, columns } }
}
export const setSort = (doc: Doc, sort: string): Doc => ({ ...doc, list: { ...doc.list, sort } })
/** A role that may not is not written. */
export function setReach(doc: Doc, act: Act, role: string, reach: Reach): Doc {
  const { [role]: _was, ...rest } = doc.permissions[act] ?? {}
  return { ...doc, permissions: { ...doc.permissions, [act]: reach === 'none' ? rest : { ...rest, [role]: reach } } }
}
/** Who may write, as most may, is not written. */
export const setAccess = (doc: Doc, key: string, role: string, access: Access): Doc =>
  withField(doc, key, ({ rights, ...field }) => {
    const { [role]: _was, ...rest } = rights ?? {}
    const next = access === 'write' ? rest : { ...rest, [role]: access }
    return Object.keys(next).length ? { ...field, rights: next } : field
  })
export function setLink(doc: Doc, part: string, key: string): Doc {
  const { [part]: _was, ...rest } = doc.links
  return { ...doc, links: key ? { ...rest, [part]: key } : rest }
}
/** `rules`: fields whose conditions, formulas or checks ask for it. */
export const usesOf = (doc: Doc, key: string): { title: boolean; key: boolean; links: string[]; rules: DocField[]; triggers: Trigger[] } => ({
  title: doc.title_field === key, key: doc.key_field === key, links: Object.keys(doc.links).filter((part) => doc.links[part] === key),
  rules: fieldsOf(doc).filter((field) => field.key !== key && asksFor(field, key)),
  triggers: triggersWith(doc.triggers ?? [], key),
})
export const isEmpty = (doc: Doc): boolean => fieldsOf(doc).length === 0
