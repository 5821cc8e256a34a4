/** Ready lists of a draft: what roles find laid out above their records. */
import type { Condition, FieldTypeInfo } from '@/shared/api'
import { TODAY } from '@/shared/expressions/conditions'
import { daysOf, ME, MY_TEAM } from '@/shared/records/views/state'
import { fieldOf, fieldsOf, freeKey, type Doc, type DocList, type RowActKey } from './document'

export const ROW_ACTS = ['open', 'edit', 'dial', 'delete'] as const satisfies readonly RowActKey[]
export const BOUNDS = ['', 'from', 'to'] as const
export type Bound = (typeof BOUNDS)[number]
/** A filter, taken apart: `f.<field>` and its bound. */
export interface Asked { field: string; bound: Bound; value: string }
const DATED = ['date', 'datetime', 'created_at', 'updated_at']
const NUMBERED = [...DATED, 'integer', 'decimal', 'money', 'time']

export const listsOf = (doc: Doc): DocList[] => doc.lists ?? []
export const setLists = ({ lists: _, ...doc }: Doc, lists: DocList[]): Doc => (lists.length ? { ...doc, lists } : doc)

export function addList(doc: Doc): Doc {
  const key = freeKey(listsOf(doc).map((one) => one.key), 'list')
  return setLists(doc, [...listsOf(doc), { key, name: { 'zh-CN': '新列表', en: 'New list' }, columns: [...doc.list.columns], sort: doc.list.sort, roles: ['agent'] }])
}
export const changeList = (doc: Doc, at: number, part: Partial<DocList>): Doc => setLists(doc, listsOf(doc).map((one, place) => (place === at ? { ...one, ...part } : one)))
export const removeList = (doc: Doc, at: number): Doc => setLists(doc, listsOf(doc).toSpliced(at, 1))

export function askedOf(list: DocList): Asked[] {
  return Object.entries(list.filters ?? {}).map(([name, value]) => {
    const [, field = '', bound = ''] = name.split('.')
    return { field, bound: bound as Bound, value }
  })
}
export const filtersFrom = (asked: Asked[]): Record<string, string> => Object.fromEntries(asked.map(({ field, bound, value }) => [`f.${field}${bound ? `.${bound}` : ''}`, value]))

/** What lies in a column can be filtered by. */
export const filterable = (doc: Doc, types: FieldTypeInfo[]): string[] =>
  fieldsOf(doc).filter((field) => types.find((type) => type.key === field.type)?.own_column || field.indexed || field.unique || field.searched || [doc.key_field, doc.title_field].includes(field.key)).map((field) => field.key)
export const boundsOf = (doc: Doc, key: string): readonly Bound[] => (NUMBERED.includes(fieldOf(doc, key)?.type ?? '') ? BOUNDS : [''])
/** What a newly chosen filter begins with: who asks and when, where that makes sense. */
const BEGINS: Record<string, string> = { user: ME, created_by: ME, updated_by: ME, team: MY_TEAM, boolean: 'true' }
export const askFor = (doc: Doc, field: string): Asked => ({ field, bound: '', value: isDated(doc, field) ? TODAY : (BEGINS[fieldOf(doc, field)?.type ?? ''] ?? '') })
export const isDated = (doc: Doc, key: string): boolean => DATED.includes(fieldOf(doc, key)?.type ?? '')

/** A day by its date, or counted from whenever the list is asked for. */
export const WAYS = ['day', 'today', 'ago', 'ahead'] as const
export type Way = (typeof WAYS)[number]
export function wayOf(text: string): Way {
  const days = daysOf(text)
  return days === null ? 'day' : days === 0 ? 'today' : days < 0 ? 'ago' : 'ahead'
}
/** `date`: of a day that is meant by its date. */
export function dayText(way: Way, days: number, date: string): string {
  if (way === 'day') return date
  return way === 'today' ? TODAY : `${TODAY}${way === 'ago' ? '-' : '+'}${days}d`
}

/** Chosen acts in their order; conditions of those that stay are kept. */
export const setActs = (list: DocList, acts: RowActKey[]): Pick<DocList, 'acts'> => ({ acts: acts.map((act) => (list.acts ?? []).find((one) => one.act === act) ?? { act }) })
export const setWhen = (list: DocList, act: RowActKey, when: Condition | null): Pick<DocList, 'acts'> => ({ acts: (list.acts ?? []).map((one) => (one.act === act ? (when ? { act, when } : { act }) : one)) })

/** A field that has another key, or is gone (`null`), in all lists. */
export function inLists(lists: DocList[], key: string, next: string | null): DocList[] {
  const swap = (one: string) => (one === key ? (next ?? '') : one)
  return lists.map((list) => {
    const down = list.sort.startsWith('-') ? '-' : ''
    const sort = list.sort.slice(down.length) !== key ? list.sort : next ? down + next : '-created_at'
    const filters = filtersFrom(askedOf(list).map((one) => ({ ...one, field: swap(one.field) })).filter((one) => one.field))
    const acts = list.acts?.map(({ act, when }) => {
      const tests = when?.tests.map((test) => ({ ...test, field: swap(test.field) })).filter((test) => test.field) ?? []
      return tests.length ? { act, when: { ...when, tests } } : { act }
    })
    return { ...list, columns: list.columns.map(swap).filter(Boolean), sort, ...(list.filters ? { filters } : {}), ...(acts ? { acts } : {}) }
  })
}
