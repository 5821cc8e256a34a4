/** What a list shows, as a view keeps it. */
import type { Definition, RecordView, ViewBody } from '@/shared/api'

export interface ListState { columns: string[]; widths: Record<string, number>; filters: Record<string, string>; sort: string; q: string; page_size: number }

export const ME = '$me'
export const MY_TEAM = '$my_team'
const DAY = /^\$today(?:([+-]\d+)d)?$/

export const stateOf = (view: ListState): ListState => ({
  columns: [...view.columns], widths: { ...view.widths }, filters: { ...view.filters }, sort: view.sort, q: view.q, page_size: view.page_size,
})

/** The list that the definition describes, for whoever has no view. */
export const plainState = (definition: Definition, columns: string[]): ListState => ({ columns, widths: {}, filters: {}, sort: definition.list.sort, q: '', page_size: 20 })

/** The order that filters and widths were given in means nothing; that of columns does. */
export function isSame(one: ListState, other: ListState): boolean {
  const plain = (state: ListState) => JSON.stringify([state.columns, sorted(state.widths), sorted(state.filters), state.sort, state.q.trim(), state.page_size])
  return plain(one) === plain(other)
}
const sorted = (record: Record<string, unknown>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

export const bodyOf = (name: string, state: ListState, share: Pick<ViewBody, 'roles' | 'teams'> = { roles: [], teams: [] }): ViewBody => ({
  name, ...stateOf(state), q: state.q.trim(), roles: [...(share.roles ?? [])], teams: [...(share.teams ?? [])],
})

/** The one in the address, else the one to begin with; null for the plain list. */
export function chosenView(views: RecordView[], asked: unknown, start: string | null): RecordView | null {
  return views.find((one) => one.key === asked) ?? (asked === '' ? null : (views.find((one) => one.key === start) ?? null))
}

/** How many days from today a word stands for; null where it is none. */
export function daysOf(text: string): number | null {
  const found = DAY.exec(text)
  return found ? Number(found[1] ?? 0) : null
}

/** Two plain days, as the filter of a date shows them. */
export const isSpan = (from: string | undefined, to: string | undefined): boolean => !!from && !!to && !from.startsWith('$') && !to.startsWith('$')
