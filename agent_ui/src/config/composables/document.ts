/** A definition's document: what is shipped in config/objects, and what a draft holds. It may contradict itself. */
import type { Condition, FieldType, FieldTypeInfo } from '@/shared/api'
import type { Trigger } from './triggers'

/** An alias, not an interface: the shared pages take captions of any languages. */
export type Label = { 'zh-CN': string; en: string }
export interface DocOption { value: string; label: Label; color?: string; parent?: string; active?: boolean; closed?: boolean }
export type Flag = 'required' | 'read_only' | 'unique' | 'indexed' | 'searched' | 'in_list'
export type Settings = Record<string, unknown>
/** What a condition of a field decides. */
export const DECIDES = ['visible', 'required', 'editable'] as const
export type Decides = (typeof DECIDES)[number]
export type When = { [D in Decides]?: Condition }
/** What a role may do with a field; the strictest last. */
export const ACCESSES = ['write', 'read', 'mask', 'hide'] as const
export type Access = (typeof ACCESSES)[number]
export type DocField = { key: string; type: FieldType; label: Label; width?: 1 | 2; settings?: Settings; when?: When; rights?: Record<string, Access> } & { [F in Flag]?: boolean }
export interface DocGroup { key: string; label: Label; fields: DocField[] }
export type Similar = 'exact' | 'pinyin' | 'phone'
/** Records that agree in these fields look alike. */
export interface DocRule { fields: string[]; how: Similar }
export type RowActKey = 'open' | 'edit' | 'dial' | 'delete'
/** A list laid out for roles; standard: what they begin with. */
export interface DocList { key: string; name: Label; columns: string[]; sort: string; filters?: Record<string, string>; roles: string[]; standard?: boolean; acts?: { act: RowActKey; when?: Condition }[] }
/** With whose records a role may do something; the order is that of their extent. */
export const REACHES = ['none', 'own', 'team', 'all'] as const
export type Reach = (typeof REACHES)[number]
export type Act = 'create' | 'read' | 'edit' | 'delete' | 'export' | 'import'
export interface Doc {
  identifier: string
  kind: string
  name: Label
  key_field: string
  title_field: string
  groups: DocGroup[]
  list: { columns: string[]; sort: string }
  permissions: { [A in Act]?: Record<string, Reach> }
  links: Record<string, string>
  /** Absent: shown. */
  log_tab?: boolean
  duplicates?: DocRule[]
  triggers?: Trigger[]
  /** Whether its records lie in a table a month; after how many months one goes out of use, 0: never. */
  monthly?: boolean
  keep_months?: number
  /** Whether its records are read from a cache: of base objects alone. */
  cached?: boolean
  lists?: DocList[]
}

export const MOST_MONTHS = 600

export const ACTS = ['create', 'read', 'edit', 'delete', 'export', 'import'] as const satisfies readonly Act[]
export const ROLES = ['admin', 'conf', 'leader', 'agent', 'inspector'] as const
/** What every record has, beside its fields. */
export const STAMPS = ['created_at', 'updated_at'] as const
/** What a field plays for the rest of the product, and the types it may have. */
export const LINKS: Record<string, FieldType[]> = {
  customer: ['reference'], status: ['choice'], assignee: ['user'], team: ['team'], due: ['datetime', 'date'], business: ['cascade', 'choice'], level: ['choice'],
}
/** Types that make a good key or title. */
export const KEY_TYPES: FieldType[] = ['serial', 'text']
export const TITLE_TYPES: FieldType[] = ['text', 'long_text', 'serial', 'choice', 'cascade']

const LONGEST_KEY = 40
export const isKey = (text: string): boolean => /^[a-z][a-z0-9_]{1,39}$/.test(text)

/** A draft may lack anything; the pages need not ask for it everywhere. */
export function readDocument(raw: Record<string, unknown>): Doc {
  const given = structuredClone(raw) as Partial<Doc>
  return {
    ...given, identifier: given.identifier ?? '', kind: given.kind ?? 'base', name: given.name ?? { 'zh-CN': '', en: '' },
    key_field: given.key_field ?? '', title_field: given.title_field ?? '',
    groups: (given.groups ?? []).map((group) => ({ ...group, fields: group.fields ?? [] })),
    list: { columns: given.list?.columns ?? [], sort: given.list?.sort ?? '-created_at' }, permissions: given.permissions ?? {}, links: given.links ?? {},
  }
}

export const fieldsOf = (doc: Doc): DocField[] => doc.groups.flatMap((group) => group.fields)
export const fieldOf = (doc: Doc, key: string): DocField | undefined => fieldsOf(doc).find((field) => field.key === key)
export const groupOf = (doc: Doc, key: string): DocGroup | undefined => doc.groups.find((group) => group.fields.some((field) => field.key === key))
export const optionsOf = (field: DocField): DocOption[] => (field.settings?.options as DocOption[] | undefined) ?? []
export const keysOf = (doc: Doc): string[] => fieldsOf(doc).map((field) => field.key)

/** “Visit address” → `visit_address`; nothing where no letter is in it. */
export function keyFrom(text: string): string {
  const words = text.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '')
  const key = words.slice(0, LONGEST_KEY).replace(/_+$/, '')
  return key.length === 1 ? `${key}_1` : key
}

/** The wish itself, or with the next free number behind it. */
export function freeKey(taken: string[], wish: string): string {
  if (!taken.includes(wish)) return wish
  for (let n = 2; ; n++) {
    const end = `_${n}`
    const key = wish.slice(0, LONGEST_KEY - end.length) + end
    if (!taken.includes(key)) return key
  }
}

/** Records that do not exist yet are nobody's: all or none. */
export const isWhole = (act: Act): boolean => act === 'create' || act === 'import'
export const reachOf = (doc: Doc, act: Act, role: string): Reach => doc.permissions[act]?.[role] ?? 'none'
export const accessOf = (field: DocField, role: string): Access => field.rights?.[role] ?? 'write'
/** Whether a role may do more than it may read, which is in vain. */
export function unread(doc: Doc, act: Act, role: string): boolean {
  const [given, readable] = [reachOf(doc, act, role), reachOf(doc, 'read', role)]
  return isWhole(act) ? given !== 'none' && readable === 'none' : REACHES.indexOf(given) > REACHES.indexOf(readable)
}

/** Whether the field lies in a typed column, as the server decides it; only those are sorted and filtered by. */
export const hasColumn = (doc: Doc, field: DocField, types: FieldTypeInfo[]): boolean =>
  !!(types.find((type) => type.key === field.type && (type.own_column || type.system)) || field.unique || field.indexed || field.searched || [doc.key_field, doc.title_field].includes(field.key))

/** Which fields a rule may compare: those that are found by a column, and by sound only searched lines of text. */
export const comparable = (doc: Doc, how: Similar, types: FieldTypeInfo[]): DocField[] =>
  fieldsOf(doc).filter((field) => {
    if (how === 'phone') return field.type === 'phone'
    if (how === 'pinyin') return field.type === 'text' && (field.searched || [doc.key_field, doc.title_field].includes(field.key))
    return hasColumn(doc, field, types)
  })

export const sortableFields = (doc: Doc, types: FieldTypeInfo[]): DocField[] =>
  fieldsOf(doc).filter((field) => hasColumn(doc, field, types) && types.find((type) => type.key === field.type)?.sortable)
