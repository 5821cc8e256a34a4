import { Workflow } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

const roles = { roles: ['admin'] } satisfies RouteRecordRaw['meta']

export const flowRoutes: RouteRecordRaw[] = [
  { path: 'admin/ivr', component: () => import('./routes/Flows.vue'), meta: roles },
  { path: 'admin/ivr/prompts', component: () => import('./routes/Prompts.vue'), meta: roles },
  { path: 'admin/ivr/documents', component: () => import('./routes/Documents.vue'), meta: roles },
  { path: 'admin/ivr/credentials', component: () => import('./routes/Credentials.vue'), meta: roles },
  { path: 'admin/ivr/:id', component: () => import('./routes/Flow.vue'), meta: roles },
]

export const flowsItem: NavigationItem = { to: '/admin/ivr', label: 'nav.flows', icon: Workflow }
