/** A query's document as the builder changes it. Pure: every change gives a new document. */
import type { Definition, Field, QueryDocument } from '@/shared/api'

export type Label = Record<string, string>
export type Column = QueryDocument['columns'][number]
export type Join = NonNullable<QueryDocument['joins']>[number]
export type Sought = NonNullable<QueryDocument['conditions']>[number]
export type Asked = NonNullable<QueryDocument['parameters']>[number]
export type By = NonNullable<QueryDocument['order']>[number]
export type Button = NonNullable<QueryDocument['buttons']>[number]
export type Color = NonNullable<QueryDocument['colors']>[number]
export type Chart = NonNullable<QueryDocument['chart']>
/** A column as others name it. */
export interface Headed { key: string; label: Label }
/** With all its parts: the server fills in what is not said. */
export type Doc = Required<QueryDocument>
type Defs = Record<string, Definition | undefined>

export const AGGREGATES = ['count', 'distinct', 'sum', 'average', 'least', 'greatest'] as const
export const STEPS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export const TOTALS = ['sum', 'average', 'least', 'greatest'] as const
const OF_NUMBERS = ['integer', 'decimal', 'money', 'percent', 'plain', 'duration', 'bytes', 'yes_no'] as const
const OF_DAYS = ['date', 'month', 'time'] as const
export const FORMATS = [...OF_NUMBERS, ...OF_DAYS] as const
/** What can be said of values of a type, and what is said of them by now; of what is not known all. */
export function formatsFor(type: string | undefined, now: string | undefined): readonly (typeof FORMATS)[number][] {
  const known = type === undefined || type === '' ? FORMATS : [...NUMBERS, 'number'].includes(type) ? OF_NUMBERS : [...DAYS, 'created_at', 'updated_at'].includes(type) ? OF_DAYS : (['yes_no'] as const)
  return FORMATS.filter((one) => one === now || (known as readonly string[]).includes(one))
}
export const COLORS = ['accent', 'success', 'warning', 'danger', 'muted'] as const
export const CHARTS = ['bar', 'line', 'pie'] as const
const NO_CELL: string[] = ['details', 'file', 'image']
/** What every record has, whatever its object. */
export const SYSTEM = ['created_at', 'created_by', 'updated_at', 'updated_by'] as const

export const wholeDoc = (given: QueryDocument): Doc => ({
  joins: [], parameters: [], conditions: [], any: false, grouped: false, having: [], order: [], buttons: [], colors: [], chart: null, page_size: 20, data_source: 'product', ...given,
})

/** A key that no other has, made of a word. */
export function freeKey(word: string, taken: string[]): string {
  const plain = word.toLowerCase().replace(/[^a-z0-9_]/g, '_').replace(/^[^a-z]+/, '') || 'x'
  let key = plain.slice(0, 36)
  for (let n = 2; taken.includes(key); n += 1) key = `${plain.slice(0, 36)}_${n}`
  return key
}

export interface Source { key: string; object: string; definition: Definition | undefined; join: Join | null }
function objectOf(join: Join, sources: Source[]): string {
  if (join.how === 'back') return join.object ?? ''
  const by = sources.find((one) => one.key === (join.of ?? ''))?.definition?.fields.find((field) => field.key === join.by)
  return by?.reference?.object ?? by?.details?.object ?? ''
}
/** The objects that it reads, the first by "". */
export function sourcesOf(doc: Doc, definitions: Defs): Source[] {
  const found: Source[] = [{ key: '', object: doc.source, definition: definitions[doc.source], join: null }]
  for (const join of doc.joins) {
    const object = objectOf(join, found)
    found.push({ key: join.key, object, definition: definitions[object], join })
  }
  return found
}

export interface Way { how: Join['how']; by: string; object: string; label: Label; back: Label | null }
/** Where one can go on from an object: whom it names, its lines, and who names it. */
export function waysFrom(definition: Definition, definitions: Defs): Way[] {
  const own = definition.fields.flatMap((field): Way[] => {
    if (field.type === 'reference' && field.reference) return [{ how: 'one', by: field.key, object: field.reference.object, label: field.label, back: null }]
    if (field.type === 'details' && field.details) return [{ how: 'lines', by: field.key, object: field.details.object, label: field.label, back: null }]
    return []
  })
  const others = Object.values(definitions).flatMap((other) => (other?.fields ?? []).filter((field) => field.reference?.object === definition.identifier).map((field): Way => ({ how: 'back', by: field.key, object: other!.identifier, label: other!.name, back: field.label })))
  return [...own, ...others]
}
export function addJoin(doc: Doc, of: string, way: Way): Doc {
  const key = freeKey(way.how === 'back' ? way.object : way.by, doc.joins.map((one) => one.key))
  return { ...doc, joins: [...doc.joins, { key, how: way.how, by: way.by, of, object: way.how === 'back' ? way.object : null, must: false }] }
}
/** With all that hangs on it: joins beyond it, columns, conditions, buttons. */
export function removeJoin(doc: Doc, key: string): Doc {
  const gone = new Set([key])
  for (const join of doc.joins) if (gone.has(join.of ?? '')) gone.add(join.key)
  const lost = doc.columns.filter((one) => gone.has(one.source ?? '')).map((one) => one.key)
  const next = { ...doc, joins: doc.joins.filter((one) => !gone.has(one.key)), conditions: doc.conditions.filter((one) => !gone.has(one.source ?? '')), buttons: doc.buttons.filter((one) => !gone.has(one.source ?? '')) }
  return withoutUnused(lost.reduce(removeColumn, next))
}

export const isSystem = (key: string): boolean => (SYSTEM as readonly string[]).includes(key)
/** Fields of a source that can be columns, those of every record last. */
export function fieldsOf(source: Source, system: (key: string) => Label): Field[] {
  const own = (source.definition?.fields ?? []).filter((field) => !NO_CELL.includes(field.type))
  const rest = SYSTEM.filter((key) => !own.some((field) => field.key === key))
  return [...own, ...rest.map((key) => ({ key, type: key, label: system(key), options: [], reference: null, formula: null, access: 'read' }) as unknown as Field)]
}

export function addColumn(doc: Doc, part: Partial<Column> & { label: Label }, word: string): Doc {
  const key = freeKey(word, doc.columns.map((one) => one.key))
  return { ...doc, columns: [...doc.columns, { source: '', field: null, expression: null, aggregate: '', by: '', format: '', width: 0, link: false, mask: false, hidden: false, total: '', ...part, key }] }
}
export const changeColumn = (doc: Doc, key: string, part: Partial<Column>): Doc => ({ ...doc, columns: doc.columns.map((one) => (one.key === key ? { ...one, ...part } : one)) })
export function removeColumn(doc: Doc, key: string): Doc {
  const chart = doc.chart && (doc.chart.category === key || doc.chart.values.every((one) => one === key)) ? null : doc.chart && { ...doc.chart, values: doc.chart.values.filter((one) => one !== key) }
  return withoutUnused({ ...doc, columns: doc.columns.filter((one) => one.key !== key), order: doc.order.filter((one) => one.column !== key), having: doc.having.filter((one) => one.column !== key), chart })
}
export function moveColumn(doc: Doc, key: string, target: string, after: boolean): Doc {
  const moved = doc.columns.find((one) => one.key === key)
  if (!moved || key === target) return doc
  const rest = doc.columns.filter((one) => one.key !== key)
  rest.splice(rest.findIndex((one) => one.key === target) + (after ? 1 : 0), 0, moved)
  return { ...doc, columns: rest }
}
/** Groups come and go with what is only theirs. */
export function setGrouped(doc: Doc, grouped: boolean): Doc {
  const columns = grouped ? doc.columns : doc.columns.filter((one) => one.field || one.expression).map((one) => ({ ...one, aggregate: '' as const, by: '' as const }))
  const keys = columns.map((one) => one.key)
  return withoutUnused({ ...doc, grouped, columns, having: grouped ? doc.having : [], order: doc.order.filter((one) => keys.includes(one.column)), buttons: grouped ? doc.buttons.filter((one) => one.do !== 'open') : doc.buttons })
}

const WITHOUT_VALUE = ['empty', 'filled']
export const hasValue = (operator: string): boolean => !WITHOUT_VALUE.includes(operator)
const NUMBERS = ['integer', 'decimal', 'money']
const DAYS = ['date', 'datetime']
const TEXTS = ['text', 'long_text', 'email', 'url', 'choice', 'cascade', 'region', 'rich_text']
const [ALWAYS, EQUAL, ORDER] = [['empty', 'filled'], ['eq', 'ne', 'in', 'not_in'], ['lt', 'le', 'gt', 'ge', 'between']]
/** What can be asked of a field; the server has the last word. */
export function operatorsOf(field: Field): string[] {
  const type = field.type === 'formula' ? (field.formula?.result === 'number' ? 'decimal' : (field.formula?.result ?? 'text')) : field.type
  if (['phone', 'identity'].includes(type)) return ['eq', 'in', ...ALWAYS]
  if (['created_at', 'updated_at'].includes(type)) return ['between', 'ge', 'le', 'gt', 'lt']
  if (type === 'choices') return ['contains', ...ALWAYS]
  if (type === 'boolean') return ['eq']
  if (NUMBERS.includes(type)) return [...EQUAL, ...ORDER, ...ALWAYS]
  if (DAYS.includes(type)) return ['between', ...EQUAL, 'ge', 'le', 'gt', 'lt', ...ALWAYS]
  return TEXTS.includes(type) ? [...EQUAL, 'contains', ...ALWAYS] : [...EQUAL, ...ALWAYS]
}

export type Tests = 'conditions' | 'having'
export const addTest = (doc: Doc, what: Tests, part: Partial<Sought>): Doc => ({ ...doc, [what]: [...doc[what], { source: '', field: '', column: '', operator: 'eq', value: [], parameter: '', ...part }] })
export function changeTest(doc: Doc, what: Tests, at: number, part: Partial<Sought>): Doc {
  return withoutUnused({ ...doc, [what]: doc[what].map((one, n) => (n === at ? { ...one, ...part } : one)) })
}
export const removeTest = (doc: Doc, what: Tests, at: number): Doc => withoutUnused({ ...doc, [what]: doc[what].filter((_, n) => n !== at) })
/** Whoever uses the list is asked for the values; those that stand here are what it begins with. */
export function askFor(doc: Doc, what: Tests, at: number, label: Label): Doc {
  const test = doc[what][at]
  if (!test) return doc
  const key = freeKey(test.field || test.column || 'value', doc.parameters.map((one) => one.key))
  const asked: Asked = { key, label, default: hasValue(test.operator) ? [...(test.value ?? [])] : [], required: false }
  return changeTest({ ...doc, parameters: [...doc.parameters, asked] }, what, at, { parameter: key, value: [] })
}
/** The inverse. */
export function sayHere(doc: Doc, what: Tests, at: number): Doc {
  const test = doc[what][at]
  const asked = doc.parameters.find((one) => one.key === test?.parameter)
  return changeTest(doc, what, at, { parameter: '', value: [...(asked?.default ?? [])] })
}
export const changeAsked = (doc: Doc, key: string, part: Partial<Asked>): Doc => ({ ...doc, parameters: doc.parameters.map((one) => (one.key === key ? { ...one, ...part } : one)) })
function withoutUnused(doc: Doc): Doc {
  const used = new Set([...doc.conditions, ...doc.having].map((one) => one.parameter))
  return doc.parameters.every((one) => used.has(one.key)) ? doc : { ...doc, parameters: doc.parameters.filter((one) => used.has(one.key)) }
}

/** A query over an object begins with the columns of its own list. */
export function firstDoc(definition: Definition): QueryDocument {
  const keys = definition.list.columns.slice(0, 6)
  const fields = definition.fields.filter((field) => keys.includes(field.key) && !NO_CELL.includes(field.type))
  const shown = fields.length ? fields : definition.fields.slice(0, 1)
  return { source: definition.identifier, columns: shown.map((field) => ({ key: field.key, label: field.label, field: field.key, link: field.key === definition.key_field })) }
}

const USE = ['name', 'key', 'roles', 'active', 'report']
/** What was refused and stands where a query is named and shared, not in what it asks. */
export const isOfUse = (place: string): boolean => USE.includes(place.split('.')[0] ?? '')
