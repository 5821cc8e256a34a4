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

/** A colleague or a team is found by its id as well. */
export const nameAmong = (find: Search): NameOf => async (id) => (await find(id)).find((one) => one.value === id)?.label
export const recordName = (identifier: string): NameOf => async (id) => {
  const record = await api.get('/objects/{identifier}/records/{record_id}', { params: { path: { identifier, record_id: id } } })
  return record.title ?? record.key ?? undefined
}
