import { Headset, PhoneCall, PhoneOutgoing, SquareCheckBig, Voicemail } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import type { NavigationItem } from '@/shared/navigation'

export const consoleRoutes: RouteRecordRaw[] = [
  { path: 'console', component: () => import('./routes/Workspace.vue'), meta: { roles: ['agent', 'leader'] } },
  { path: 'calls', component: () => import('./routes/Calls.vue') },
  { path: 'calls/:id', component: () => import('./routes/CallPage.vue') },
  { path: 'callbacks', component: () => import('./routes/Callbacks.vue'), meta: { roles: ['agent', 'leader', 'admin'] } },
  { path: 'voicemail', component: () => import('./routes/Voicemail.vue'), meta: { roles: ['agent', 'leader', 'admin'] } },
  { path: 'my-scores', component: () => import('./routes/MyScores.vue'), meta: { roles: ['agent', 'leader'] } },
]

export const workspaceItem: NavigationItem = { to: '/console', label: 'nav.desk', icon: Headset }
export const callsItem: NavigationItem = { to: '/calls', label: 'nav.calls', icon: PhoneCall }
export const callbacksItem: NavigationItem = { to: '/callbacks', label: 'nav.callbacks', icon: PhoneOutgoing }
export const voicemailItem: NavigationItem = { to: '/voicemail', label: 'nav.voicemail', icon: Voicemail }
export const myScoresItem: NavigationItem = { to: '/my-scores', label: 'nav.myScores', icon: SquareCheckBig }
