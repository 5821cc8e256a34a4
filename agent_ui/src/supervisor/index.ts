import { ChartColumn, Radar } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

export const supervisorRoutes: RouteRecordRaw[] = [
  { path: 'supervisor', component: () => import('./routes/Wall.vue'), meta: { roles: ['leader', 'admin', 'inspector'] } },
  { path: 'day', component: () => import('./routes/DayFigures.vue'), meta: { roles: ['leader', 'admin', 'inspector'] } },
]

export const wallItem: NavigationItem = { to: '/supervisor', label: 'nav.wall', icon: Radar, begins: 'watching' }
export const dayItem: NavigationItem = { to: '/day', label: 'nav.day', icon: ChartColumn }
