import { ArrowLeftRight, CalendarClock, Database, FileText, Files, Hash } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

/** Whatever is configured, its API asks for this. */
const define = { permission: 'objects.define' } as const satisfies RouteRecordRaw['meta']

export const configRoutes: RouteRecordRaw[] = [
  { path: 'config', component: () => import('./routes/Objects.vue'), meta: define },
  { path: 'config/objects/:identifier', component: () => import('./routes/Designer.vue'), meta: define },
  { path: 'config/transfer', component: () => import('./routes/Transfer.vue'), meta: define },
  { path: 'config/templates', component: () => import('./routes/Templates.vue'), meta: define },
  { path: 'config/templates/:key', component: () => import('./routes/Template.vue'), meta: define },
  { path: 'config/tasks', component: () => import('./routes/ScheduledTasks.vue'), meta: { permission: 'automation.manage' } },
  { path: 'config/files', component: () => import('./routes/Files.vue'), meta: define },
  { path: 'config/codes/:key?', component: () => import('./routes/Codes.vue'), meta: define },
]

export const transferItem: NavigationItem = { to: '/config/transfer', label: 'nav.transfer', icon: ArrowLeftRight, ...define }
export const objectsItem: NavigationItem = { to: '/config', label: 'nav.objects', icon: Database, begins: 'shaping', ...define }
export const templatesItem: NavigationItem = { to: '/config/templates', label: 'nav.templates', icon: FileText, ...define }
export const scheduledItem: NavigationItem = { to: '/config/tasks', label: 'nav.scheduled', icon: CalendarClock, permission: 'automation.manage' }
export const codesItem: NavigationItem = { to: '/config/codes', label: 'nav.codes', icon: Hash, ...define }
export const filesItem: NavigationItem = { to: '/config/files', label: 'nav.files', icon: Files, ...define }
