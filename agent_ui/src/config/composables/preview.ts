/** A document as the definition that the record pages draw, as far as it has come. */
import type { DataRecord, Definition, Field, FieldTypeInfo, Values } from '@/shared/api'
import { newValues } from '@/shared/fields'
import { accessOf, fieldsOf, hasColumn, optionsOf, reachOf, ROLES, type Doc, type DocField, type DocOption } from './document'

/** Options of code tables by their keys, as far as they are loaded. */
export type Codes = Record<string, DocOption[]>
/** What a masked value looks like where there is none. */
const VEIL = '***'

/** Currencies (ISO 4217) and how an amount in them begins; the first is the default. */
export const CURRENCIES: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', TWD: 'NT$', JPY: 'JP¥' }

/** `role`: whose eyes it is seen with; nothing is kept from nobody in particular. */
export function previewOf(doc: Doc, types: FieldTypeInfo[], number: number, codes: Codes = {}, role = ''): Definition {
  const known = new Set<string>(types.map((type) => type.key))
  const seen = new Set<string>()
  // What contradicts itself (a key twice, a type nobody knows) is told among the problems; here it must only not break the page.
  const sound = fieldsOf(doc).filter((field) => known.has(field.type) && accessOf(field, role) !== 'hide' && !seen.has(field.key) && seen.add(field.key))
  const drawn = new Set(sound)
  return {
    identifier: doc.identifier, kind: doc.kind as Definition['kind'], name: doc.name, key_field: doc.key_field, title_field: doc.title_field, version: number,
    groups: doc.groups.map((group) => ({ key: group.key, label: group.label, fields: group.fields.filter((field) => drawn.has(field)).map((field) => field.key) })),
    fields: sound.map((field) => fieldAnswer(doc, field, types, codes, role)),
    list: doc.list, links: doc.links, log_tab: doc.log_tab ?? true, duplicates: [], permissions: { create: true, read: true, edit: true, delete: true, export: true, import: true },
  }
}

/** A field of the document as the editors of the forms take it. */
export function fieldAnswer(doc: Doc, field: DocField, types: FieldTypeInfo[], codes: Codes = {}, role = ''): Field {
  const access = accessOf(field, role) as Field['access']
  const clear = access !== 'mask'
  const settings = field.settings ?? {}
  const type = types.find((one) => one.key === field.type)
  const options = settings.codes ? (codes[String(settings.codes)] ?? []) : optionsOf(field)
  const column = clear && hasColumn(doc, field, types)
  const setting = <K extends keyof Field>(name: K) => (settings[name] ?? null) as Field[K]
  return {
    key: field.key, type: field.type, label: field.label, required: !!field.required, read_only: !!field.read_only || type?.entered === false, access, unique: !!field.unique,
    width: field.width ?? 1, options: options.map((option) => ({ color: null, parent: null, active: true, closed: false, ...option })),
    sign: field.type === 'money' ? (CURRENCIES[String(settings.currency ?? 'CNY')] ?? null) : null, in_list: !!field.in_list, in_search: clear && (!!field.searched || !!type?.masked),
    sortable: column && !!type?.sortable, filterable: column, help: setting('help'), default: clear ? setting('default') : VEIL, begin: clear ? setting('begin') : null, reference: setting('reference'), copied: setting('copied'), details: setting('details'), level: setting('level'), kinds: setting('kinds'), largest: setting('largest'), most: setting('most'), min: setting('min'), max: setting('max'),
    max_length: setting('max_length'), pattern: setting('pattern'), when: field.when ?? {}, formula: null,
  }
}

/** What was tried out in the preview stays while its field keeps its type. */
export function previewValues(before: Definition | null, now: Definition, values: Values): Values {
  const types = new Map(before?.fields.map((field) => [field.key, field.type]))
  const fresh = newValues(now.fields)
  const kept = now.fields.filter((field) => types.get(field.key) === field.type && field.key in values && JSON.stringify(before?.fields.find((one) => one.key === field.key)?.default) === JSON.stringify(field.default))
  return { ...fresh, ...Object.fromEntries(kept.map((field) => [field.key, values[field.key]])) }
}

/** A record that is not there, for the form as it is when one is edited. */
export const previewRecord = (doc: Doc): DataRecord => ({
  id: '', object: doc.identifier, key: null, title: null, version: 1, values: {}, display: {}, masked: [], may: { edit: true, delete: true }, call_id: null, created_at: '', updated_at: '', created_by: null, updated_by: null,
})

/** Those who may do nothing with the records have no form to see. */
export const sees = (doc: Doc, role: string, act: 'create' | 'edit' | 'read'): boolean =>
  ROLES.some((one) => one === role) && reachOf(doc, act, role) !== 'none'
