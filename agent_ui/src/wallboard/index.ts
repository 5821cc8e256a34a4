import { Tv } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

/** Full screen: no shell around it. */
export const wallboardRoutes: RouteRecordRaw[] = [
  { path: '/wallboard', component: () => import('./routes/Wallboard.vue'), meta: { roles: ['leader', 'admin', 'inspector'] } },
]

export const wallboardItem: NavigationItem = { to: '/wallboard', label: 'nav.wallboard', icon: Tv }
