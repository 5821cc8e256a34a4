/** Colleagues, teams and services by name. */
import { api } from '@/shared/api'
import { FOUND_PAGE, type Search } from './lookup'
import type { NameOf } from './useNamed'

export const findUsers: Search = async (q) => {
  const page = await api.get('/directory/users', { params: { query: { q, page_size: FOUND_PAGE } } })
  return page.items.map((one) => ({ value: one.id, label: one.name, hint: one.employee_code }))
}
export const findTeams: Search = async (q) => {
  const page = await api.get('/directory/teams', { params: { query: { q, page_size: FOUND_PAGE } } })
  return page.items.map((one) => ({ value: one.id, label: one.name }))
}
export const findServices: Search = async (q) => {
  const page = await api.get('/directory/services', { params: { query: { q, page_size: FOUND_PAGE } } })
  return page.items.map((one) => ({ value: one.id, label: one.name }))
}
export const findRecords = (identifier: string): Search => async (q) => {
  const page = await api.get('/objects/{identifier}/records', { params: { path: { identifier }, query: { q, page_size: FOUND_PAGE } } })
  return page.items.map((one) => ({ value: one.id, label: one.title ?? one.key ?? '—', hint: one.key ?? undefined }))
}

const PEOPLE: Record<string, Search | undefined> = { user: findUsers, created_by: findUsers, updated_by: findUsers, team: findTeams }
/** How values of a type are found; object: whose records it refers to. Of other types there is nothing to find. */
export const finderOf = (type: string, object?: string): Search | undefined => PEOPLE[type] ?? (object ? findRecords(object) : undefined)
/** What they are called, by their ids. */
export const namerOf = (type: string, object?: string): NameOf | undefined => (PEOPLE[type] ? nameAmong(PEOPLE[type]) : object ? recordName(object) : undefined)
/** A colleague or a team is found by its id as well. */
export const nameAmong = (find: Search): NameOf => async (id) => (await find(id)).find((one) => one.value === id)?.label
export const recordName = (identifier: string): NameOf => async (id) => {
  const record = await api.get('/objects/{identifier}/records/{record_id}', { params: { path: { identifier, record_id: id } } })
  return record.title ?? record.key ?? undefined
}
