/** Columns of an expert query as they come out: those that are shown, and those of which something is set. */
import { computed } from 'vue'
import type { QueryColumn } from '@/shared/api'
import type { Headed, Label } from '../composables/build'
import { headOf, type Head, type useExpert } from './useExpert'

type Expert = ReturnType<typeof useExpert>
/** column: as the last answer has it; null for one that is hidden, or is not among the texts any more. */
export interface Shown { head: Head; label: Label; column: QueryColumn | null; place: number }

export function shownOf(heads: Head[], columns: QueryColumn[]): Shown[] {
  const of = (key: string) => heads.findIndex((one) => one.key === key)
  const answered = columns.map((column): Shown => ({ head: heads[of(column.key)] ?? headOf(column.key), label: column.label, column, place: of(column.key) }))
  const others = heads.filter((one) => !columns.some((column) => column.key === one.key))
  return [...answered, ...others.map((head): Shown => ({ head, label: Object.values(head.label).some(Boolean) ? head.label : { 'zh-CN': head.key, en: head.key }, column: null, place: of(head.key) }))]
}
const NOTHING = JSON.stringify(headOf(''))
/** With one changed; one of which nothing is set is not kept. */
export function withHead(heads: Head[], key: string, part: Partial<Head>): Head[] {
  const next = { ...(heads.find((one) => one.key === key) ?? headOf(key)), ...part }
  const label = Object.fromEntries(Object.entries(next.label).filter(([, text]) => text)) as Label
  const said = JSON.stringify({ ...next, key: '', label }) !== NOTHING
  const rest = heads.filter((one) => one.key !== key)
  return said ? heads.some((one) => one.key === key) ? heads.map((one) => (one.key === key ? { ...next, label } : one)) : [...rest, { ...next, label }] : rest
}

const NUMBERS = ['integer', 'decimal', 'money', 'number']
export const isNumber = (one: Shown): boolean => !one.column || NUMBERS.includes(one.column.type)

export function useColumns(expert: Expert) {
  const shown = computed(() => shownOf(expert.work.document.columns, expert.answer?.columns ?? []))
  const headed = computed(() => shown.value.map(({ head, label }): Headed => ({ key: head.key, label })))
  const named = (fits: (one: Shown) => boolean) => shown.value.filter(fits).map(({ head, label }): Headed => ({ key: head.key, label }))
  const phones = computed(() => named((one) => one.column?.type === 'phone'))
  const numbers = computed(() => named((one) => !!one.column && isNumber(one)))
  /** Whose records the rows are of, as far as there are rows. */
  const records = computed(() => new Map(expert.answer?.rows.flatMap((row) => Object.entries(row.records).map(([key, origin]) => [key, origin.object] as const)) ?? []))
  const problem = (path: string) => expert.problems.find((one) => one.place === path || one.place.startsWith(`${path}.`))?.said
  const set = (key: string, part: Partial<Head>): void => void (expert.work.document.columns = withHead(expert.work.document.columns, key, part))
  return { shown, headed, phones, numbers, records, problem, set }
}
