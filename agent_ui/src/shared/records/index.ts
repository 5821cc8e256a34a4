import { ClipboardList, FolderOpen, Users } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

/** One list page and one form page for every data object; the definition says what they show. */
export const recordRoutes: RouteRecordRaw[] = [
  { path: 'records', component: () => import('./RecordsHome.vue') },
  { path: 'records/:object', component: () => import('./RecordListPage.vue') },
  { path: 'records/:object/new', component: () => import('./RecordPage.vue') },
  { path: 'records/:object/recycle-bin', component: () => import('./life/RecycleBin.vue') },
  { path: 'records/:object/import/:transfer?', component: () => import('./transfer/ImportPage.vue') },
  { path: 'records/:object/:id', component: () => import('./RecordPage.vue') },
]

export const customersItem: NavigationItem = { to: '/records/customer', label: 'nav.customers', icon: Users, begins: 'daily' }
export const workOrdersItem: NavigationItem = { to: '/records/work_order', label: 'nav.workOrders', icon: ClipboardList }
export const recordsItem: NavigationItem = { to: '/records', label: 'nav.records', icon: FolderOpen, begins: 'daily' }
