/** Where a problem lies, from its path: a field's key, `key.setting`, `links.x`, `list.columns.x`, or a place in the document. */
import type { DesignProblem } from '@/shared/api'
import { fieldOf, type Doc } from './document'

export type Tab = 'basic' | 'fields' | 'list' | 'roles' | 'triggers' | 'versions'
/** `part`: what of the field or of the tab. */
export interface Place { tab: Tab; field?: string; group?: string; part: string }

const TABS: Record<string, Tab> = { list: 'list', permissions: 'roles', links: 'basic', key_field: 'basic', title_field: 'basic', name: 'basic', kind: 'basic', identifier: 'basic', log_tab: 'basic', duplicates: 'basic', triggers: 'triggers', lists: 'list', cached: 'basic', keep_months: 'basic' }

export function placeOf(doc: Doc, path: string): Place {
  const [head = '', ...rest] = path.split('.')
  if (head === 'groups') {
    const group = doc.groups[Number(rest[0])]
    const field = rest[1] === 'fields' ? group?.fields[Number(rest[2])] : undefined
    if (field) return { tab: 'fields', field: field.key, part: rest.slice(3).filter((one) => one !== 'settings').join('.') }
    return { tab: 'fields', ...(group ? { group: group.key } : {}), part: rest.slice(1).join('.') }
  }
  if (fieldOf(doc, head)) return { tab: 'fields', field: head, part: rest.filter((one) => one !== 'settings').join('.') }
  return { tab: TABS[head] ?? 'fields', part: path }
}

/** The messages of one field, by what they are about; '' for the field as a whole. */
export function problemsAt(doc: Doc, problems: DesignProblem[], key: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const problem of problems) {
    const place = placeOf(doc, problem.path)
    if (place.field === key) found[place.part.split('.')[0] ?? ''] ??= problem.message
  }
  return found
}

/** A refusal's fields as problems: the same list, whoever found them. */
export const problemsFrom = (fields: Record<string, string[]>): DesignProblem[] =>
  Object.entries(fields).flatMap(([path, messages]) => messages.map((message) => ({ path, message })))
