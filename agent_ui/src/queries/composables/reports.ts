/** Reports, under their headings and apart from lists. Pure. */
import type { UsableQuery } from '@/shared/api'
import { caption } from '@/shared/i18n'

/** What stands among the lists: a report has a page of its own, for those who have that page. */
export const listsOf = (all: UsableQuery[], seesReports: boolean): UsableQuery[] => all.filter((one) => !one.report || !seesReports)

export interface ReportGroup { name: string; items: UsableQuery[] }

/** Headings in their order by the alphabet of the language; under each, reports by name. Of a search those that have the words. */
export function byCategory(all: UsableQuery[], q: string): ReportGroup[] {
  const wanted = q.trim().toLowerCase()
  const found = all.filter((one) => one.report && [caption(one.name), caption(one.report.description), caption(one.report.category)].some((text) => text.toLowerCase().includes(wanted)))
  const names = [...new Set(found.map((one) => caption(one.report?.category)))].sort((one, other) => one.localeCompare(other))
  return names.map((name) => ({ name, items: found.filter((one) => caption(one.report?.category) === name).sort((one, other) => caption(one.name).localeCompare(caption(other.name))) }))
}
