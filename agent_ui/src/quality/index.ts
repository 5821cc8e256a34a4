import { AudioLines } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

export const qualityRoutes: RouteRecordRaw[] = [
  { path: 'quality/:callId?', component: () => import('./routes/Scoring.vue'), meta: { roles: ['inspector'] } },
]

export const scoringItem: NavigationItem = { to: '/quality', label: 'nav.scoring', icon: AudioLines }
