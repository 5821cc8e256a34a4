import { ArrowLeftRight, Database, FileText, Hash } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

const roles = { roles: ['conf', 'admin'] } satisfies RouteRecordRaw['meta']

export const configRoutes: RouteRecordRaw[] = [
  { path: 'config', component: () => import('./routes/Objects.vue'), meta: roles },
  { path: 'config/objects/:identifier', component: () => import('./routes/Designer.vue'), meta: roles },
  { path: 'config/transfer', component: () => import('./routes/Transfer.vue'), meta: { roles: ['conf'] } },
  { path: 'config/templates/:key?', component: () => import('./routes/Templates.vue'), meta: { roles: ['conf'] } },
  { path: 'config/codes/:key?', component: () => import('./routes/Codes.vue'), meta: { roles: ['conf'] } },
]

export const transferItem: NavigationItem = { to: '/config/transfer', label: 'nav.transfer', icon: ArrowLeftRight }
export const objectsItem: NavigationItem = { to: '/config', label: 'nav.objects', icon: Database }
export const templatesItem: NavigationItem = { to: '/config/templates', label: 'nav.templates', icon: FileText }
export const codesItem: NavigationItem = { to: '/config/codes', label: 'nav.codes', icon: Hash }
