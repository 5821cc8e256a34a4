/** What a trial told, and what is chosen of it. */
import type { Loss, Trial, TrialDetail, TrialItem } from '@/shared/api'
import { caption, i18n, t } from '@/shared/i18n'
import { attributeWord, valueWord } from './words'

export const MOST_BYTES = 10 * 1024 * 1024
export type Part = TrialItem['part']
export type State = TrialItem['state']
export type Chosen = ReadonlySet<string>

export const idOf = (item: Pick<TrialItem, 'part' | 'key'>): string => `${item.part}.${item.key}`
export const takable = (item: TrialItem): boolean => item.state !== 'same' && item.state !== 'blocked'

/** All that is new or otherwise: what most people bring a file for. */
export const allOf = (items: TrialItem[]): Set<string> => new Set(items.filter(takable).map(idOf))

/** Items by part, in the file's order; a part without any is left out. */
export function byPart(items: TrialItem[]): [Part, TrialItem[]][] {
  const parts = new Map<Part, TrialItem[]>()
  for (const item of items) parts.set(item.part, [...(parts.get(item.part) ?? []), item])
  return [...parts]
}
export function counts(items: TrialItem[]): Record<State, number> {
  const found: Record<State, number> = { new: 0, changed: 0, drafted: 0, same: 0, blocked: 0 }
  for (const item of items) found[item.state] += 1
  return found
}

/** As the import is told it. */
export function takeOf(items: TrialItem[], chosen: Chosen): Partial<Record<Part, string[]>> {
  const take: Partial<Record<Part, string[]>> = {}
  for (const item of items.filter((one) => takable(one) && chosen.has(idOf(one)))) (take[item.part] ??= []).push(item.key)
  return take
}
export function toggled(chosen: Chosen, ids: string[], on: boolean): Set<string> {
  const next = new Set(chosen)
  for (const id of ids) {
    if (on) next.add(id)
    else next.delete(id)
  }
  return next
}

const of = (items: TrialItem[], chosen: Chosen, what: Loss['what']): [TrialItem, Loss[]][] =>
  items.filter((item) => chosen.has(idOf(item))).map((item): [TrialItem, Loss[]] => [item, item.losses.filter((loss) => loss.what === what)]).filter(([, losses]) => losses.length)
/** Values that a publication at once would cost, and those that stand in its way. */
export const lostBy = (items: TrialItem[], chosen: Chosen) => of(items, chosen, 'not_convertible')
export const twiceIn = (items: TrialItem[], chosen: Chosen) => of(items, chosen, 'not_unique')
export const longIn = (items: TrialItem[], chosen: Chosen) => of(items, chosen, 'too_long')
export const hasObjects = (items: TrialItem[], chosen: Chosen): boolean => items.some((item) => item.part === 'objects' && takable(item) && chosen.has(idOf(item)))

/** The text of a file as what it says; undefined: it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** What stands somewhere within an entry: its first name in words, the rest as its path. */
function placeWord(attribute: string): string {
  const [first = '', ...rest] = attribute.split('.')
  const key = `moving.attribute.${first}`
  return i18n.global.te(key) ? [t(key), rest.join('.')].filter(Boolean).join(' · ') : attributeWord(attribute)
}
/** What is pointed at by its name. */
function namedWord(attribute: string, value: unknown): string {
  const name = typeof value === 'object' && value && 'ref' in value && 'name' in value ? value.name : value
  return valueWord(attribute, name)
}

/** “+ Haidian”, “Order: 10 → 20” */
export function detailWord(detail: TrialDetail): string {
  const label = caption(detail.label)
  if (detail.what === 'added') return `+ ${label}`
  if (detail.what === 'removed') return `− ${label}`
  if (!detail.attribute) return t('moving.otherwise', { name: label })
  return t('design.changeDetail', { head: placeWord(detail.attribute), detail: `${namedWord(detail.attribute, detail.before)} → ${namedWord(detail.attribute, detail.after)}` })
}

export const isNothing = (trial: Trial): boolean => !trial.problems.length && trial.items.every((item) => item.state === 'same')
