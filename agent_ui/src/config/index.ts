import { Database, Hash } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

export const configRoutes: RouteRecordRaw[] = [
  { path: 'config/codes/:key?', component: () => import('./routes/Codes.vue'), meta: { roles: ['conf'] } },
  { path: 'config', component: () => import('./routes/Objects.vue'), meta: { roles: ['conf', 'admin'] } },
]

export const objectsItem: NavigationItem = { to: '/config', label: 'nav.objects', icon: Database }
export const codesItem: NavigationItem = { to: '/config/codes', label: 'nav.codes', icon: Hash }
