import { ArchiveRestore, Cable, Hash, ListChecks, ScrollText } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

const roles = { roles: ['operator'] } satisfies RouteRecordRaw['meta']

export const operatorRoutes: RouteRecordRaw[] = [
  { path: 'operator/numbers', component: () => import('./routes/Numbers.vue'), meta: roles },
  { path: 'operator/trunks', component: () => import('./routes/Trunks.vue'), meta: roles },
  { path: 'operator/options', component: () => import('./routes/Options.vue'), meta: roles },
  { path: 'operator/facts', component: () => import('./routes/Facts.vue'), meta: roles },
  { path: 'operator/audit', component: () => import('./routes/Audit.vue'), meta: roles },
]

export const operatorItems: NavigationItem[] = [
  { to: '/operator/numbers', label: 'nav.numbers', icon: Hash },
  { to: '/operator/trunks', label: 'nav.trunks', icon: Cable },
  { to: '/operator/options', label: 'nav.options', icon: ListChecks },
  { to: '/operator/facts', label: 'nav.facts', icon: ArchiveRestore },
  { to: '/operator/audit', label: 'nav.audit', icon: ScrollText },
]
