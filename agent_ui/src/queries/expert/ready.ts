/** Ready settings of columns and conditions as text of a statement, with the parameters and the look that come along. Pure. */
import type { ReadySetting } from '@/shared/api'
import { freeKey, type Label } from '../composables/build'
import type { ReadyColumn, ReadyCondition } from '../composables/library'
import { systemLabel } from '../composables/words'
import { aliasesIn, type Field, type Part } from './sql'
import type { Head, Parameter } from './useExpert'

/** Where it is put: the object's field, what the statement calls the object, whether it is the product's own database, and keys that are taken. */
export interface Place { object: string; field: Field; source: string; own: boolean; columns: string[]; parameters: string[] }
/** key: of the column; head: what is set of it. */
export interface Put { text: string; parameters: Parameter[]; key: string; head: Partial<Head> }

const MOMENTS = ['datetime', 'created_at', 'updated_at']
const SIGNS: Record<string, string> = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' }
const AGGREGATES: Record<string, string> = { count: 'count(', distinct: 'count(distinct ', sum: 'sum(', average: 'avg(', least: 'min(', greatest: 'max(' }
const LOOK = ['format', 'total', 'width', 'link', 'mask', 'hidden', 'label'] as const
const SAME: Parameter['type'][] = ['integer', 'decimal', 'boolean', 'date', 'time', 'phone', 'user', 'team', 'reference']
const ALIKE: Record<string, Parameter['type']> = { money: 'decimal', number: 'decimal', created_by: 'user', updated_by: 'user', datetime: 'date', created_at: 'date', updated_at: 'date' }

/** What is reckoned of other columns is an expression of the builder; steps of days are written as PostgreSQL writes them. */
export const fits = (ready: ReadySetting, own: boolean): boolean => {
  const { expression, by } = ready.content as ReadyColumn
  return !expression && (own || !by)
}
const nameIn = ({ object, field, source }: Place): string => {
  const alias = Object.entries(aliasesIn(source)).find(([, of]) => of === object)?.[0]
  return alias ? `${alias}.${field.key}` : field.key
}
const quoted = (value: string, type: string): string => (['integer', 'decimal', 'money', 'number', 'boolean'].includes(type) && /^(-?\d+(\.\d+)?|true|false)$/.test(value) ? value : `'${value.replace(/'/g, "''")}'`)

export function columnText(ready: ReadySetting, place: Place): Put {
  const content = ready.content as ReadyColumn
  const name = nameIn(place)
  const aggregate = content.aggregate ? AGGREGATES[content.aggregate] : undefined
  const stepped = content.by ? `date_trunc('${content.by}', ${name})` : name
  const value = aggregate ? `${aggregate}${name})` : content.by && content.by !== 'hour' ? `cast(${stepped} as date)` : stepped
  const key = freeKey([place.field.key, content.aggregate || content.by].filter(Boolean).join('_'), place.columns)
  const head = Object.fromEntries(LOOK.flatMap((part) => (content[part] === undefined ? [] : [[part, content[part]]])))
  return { text: value === name && key === place.field.key ? name : `${value} as ${key}`, parameters: [], key, head }
}

export function conditionText(ready: ReadySetting, place: Place): Put {
  const content = ready.content as unknown as ReadyCondition
  const { type } = place.field
  const name = MOMENTS.includes(type) && content.operator !== 'empty' && content.operator !== 'filled' ? `cast(${nameIn(place)} as date)` : nameIn(place)
  const values = content.value ?? []
  const nothing = { parameters: [], key: '', head: {} }
  if (content.operator === 'empty' || content.operator === 'filled') return { ...nothing, text: `${name} is ${content.operator === 'empty' ? '' : 'not '}null` }
  // A word such as `$today` is one of parameters alone.
  if (!content.asked && !values.some((value) => value.startsWith('$'))) return { ...nothing, text: compared(content.operator, name, values.map((value) => quoted(value, type)), place) }
  const taken = [...place.parameters]
  const many = content.operator === 'in' || content.operator === 'not_in'
  const begun = content.template ? content.template.split('\n') : []
  const ask = (at: number, ends: Label): Parameter => {
    const key = freeKey(place.field.key, taken)
    taken.push(key)
    const said = content.label ?? (place.field.label as Label)
    const label = Object.fromEntries(['zh-CN', 'en'].map((locale) => [locale, [said[locale] || place.field.key, ends[locale]].filter(Boolean).join(' ')])) as Parameter['label']
    const word = begun[at] ?? ''
    return { key, label, type: SAME.find((one) => one === type) ?? ALIKE[type] ?? 'text', many, default: word.startsWith('$') ? [word] : word ? [] : many ? [...values] : values[at] ? [values[at]] : [], template: word.startsWith('$') ? '' : word, required: !!content.required }
  }
  const two = content.operator === 'between'
  const parameters = two ? [ask(0, systemLabel('from')), ask(1, systemLabel('to'))] : [ask(0, {})]
  const tests = two ? parameters.map((one, at) => compared(at ? 'le' : 'ge', name, [`:${one.key}`], place)) : [compared(content.operator, name, [`:${parameters[0]!.key}`], place)]
  return { ...nothing, parameters, text: tests.map((test) => (content.required ? test : `[[ and ${test} ]]`)).join(content.required ? ' and ' : ' ') }
}
function compared(operator: string, name: string, values: string[], { own, field }: Place): string {
  const [first = "''", last = first] = values
  if (operator === 'in' || operator === 'not_in') return `${name} ${operator === 'in' ? '' : 'not '}in (${values.join(', ') || "''"})`
  if (operator === 'between') return `${name} between ${first} and ${last}`
  if (operator !== 'contains') return `${name} ${SIGNS[operator]} ${first}`
  return field.type === 'choices' ? `jsonb_exists(${name}, ${first})` : `${name} ${own ? 'ilike' : 'like'} concat('%', ${first}, '%')`
}

/** With what joins it to what stands around the cursor. */
export function joined(part: Part, text: string, before: string, after: string): string {
  if (part === 'select') return `${/[^\s,(]\s*$/.test(before) ? ', ' : ''}${text}${/^\s*[^\s,)]/.test(after) ? ', ' : ''}`
  const gap = /\S$/.test(before) ? ' ' : ''
  if (text.startsWith('[[')) return `${gap}${text}${/^\S/.test(after) ? ' ' : ''}`
  const open = !before.trim() || /(\(|\b(and|or|not))\s*$/i.test(before)
  const more = after.trim() && !/^\s*(\)|\[\[|and\b|or\b)/i.test(after)
  return `${gap}${open ? '' : 'and '}${text}${more ? ' and ' : /^[^\s)]/.test(after) ? ' ' : ''}`
}
