import { FileChartColumn, ListChecks, TableProperties } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

const define = { permission: 'objects.define' } as const satisfies RouteRecordRaw['meta']
const use = { permission: 'records.read' } as const satisfies RouteRecordRaw['meta']

const report = { permission: 'reports.view' } as const satisfies RouteRecordRaw['meta']

/** Queries: where everybody uses them, and where they are put together. */
export const queryRoutes: RouteRecordRaw[] = [
  { path: 'queries', component: () => import('./routes/Lists.vue'), meta: use },
  { path: 'reports', component: () => import('./routes/Reports.vue'), meta: report },
  { path: 'queries/:key', component: () => import('./routes/QueryPage.vue'), meta: use },
  { path: 'config/queries', component: () => import('./routes/Queries.vue'), meta: define },
  { path: 'config/queries/sources', component: () => import('./routes/Sources.vue'), meta: define },
  { path: 'config/queries/new/expert', component: () => import('./expert/Expert.vue'), meta: define },
  { path: 'config/queries/expert/:key', component: () => import('./expert/Expert.vue'), meta: define },
  { path: 'config/queries/:key', component: () => import('./routes/Builder.vue'), meta: define },
]

/** On paper: no shell around it. */
export const printRoutes: RouteRecordRaw[] = [{ path: '/print/queries/:key', component: () => import('./routes/QueryPrint.vue'), meta: use }]

export const reportsItem: NavigationItem = { to: '/reports', label: 'nav.reports', icon: FileChartColumn, ...report }
export const listsItem: NavigationItem = { to: '/queries', label: 'nav.lists', icon: ListChecks, ...use }
export const queriesItem: NavigationItem = { to: '/config/queries', label: 'nav.queries', icon: TableProperties, ...define }
