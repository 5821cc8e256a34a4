import { CalendarClock, Hash, Headset, KeyRound, Mail, MessageSquareText, Phone, PhoneOutgoing, Route, ScrollText, Server, UserCog, Users } from 'lucide-vue-next'
import type { RouteRecordRaw } from 'vue-router'
import { flowsItem } from '@/flows'
import type { NavigationItem } from '@/shared/navigation'

const roles = { roles: ['admin'] } satisfies RouteRecordRaw['meta']

export const adminRoutes: RouteRecordRaw[] = [
  { path: 'admin', redirect: '/admin/seats' },
  { path: 'admin/seats', component: () => import('./routes/Seats.vue'), meta: roles },
  { path: 'admin/teams', component: () => import('./routes/Teams.vue'), meta: roles },
  { path: 'admin/extensions', component: () => import('./routes/Extensions.vue'), meta: roles },
  { path: 'admin/services', component: () => import('./routes/Services.vue'), meta: roles },
  { path: 'admin/schedules', component: () => import('./routes/Schedules.vue'), meta: roles },
  { path: 'admin/schedules/:id', component: () => import('./routes/Schedule.vue'), meta: roles },
  { path: 'admin/schedules/holidays', component: () => import('./routes/Holidays.vue'), meta: roles },
  { path: 'admin/routing', component: () => import('./routes/Routing.vue'), meta: roles },
  { path: 'admin/routing/:id', component: () => import('./routes/RoutingService.vue'), meta: roles },
  { path: 'admin/routing/lists', component: () => import('./routes/CallerLists.vue'), meta: roles },
  { path: 'admin/routing/lists/:id', component: () => import('./routes/CallerList.vue'), meta: roles },
  { path: 'admin/routing/conferences', component: () => import('./routes/Conferences.vue'), meta: roles },
  { path: 'admin/numbers', component: () => import('./routes/Numbers.vue'), meta: roles },
  { path: 'admin/words', component: () => import('./routes/Words.vue'), meta: roles },
  { path: 'admin/tasks', component: () => import('./routes/CallingTasks.vue'), meta: roles },
  { path: 'admin/api-keys', component: () => import('./routes/ApiKeys.vue'), meta: roles },
  { path: 'admin/messages', component: () => import('./routes/Messages.vue'), meta: roles },
  { path: 'admin/messages/channels', component: () => import('./routes/MessageChannels.vue'), meta: roles },
  { path: 'admin/servers', component: () => import('./routes/FileServers.vue'), meta: roles },
  { path: 'admin/audit', component: () => import('./routes/Audit.vue'), meta: roles },
]

export const adminItems: NavigationItem[] = [
  { to: '/admin/seats', label: 'nav.seats', icon: UserCog, begins: 'people' },
  { to: '/admin/teams', label: 'nav.teams', icon: Users },
  { to: '/admin/extensions', label: 'nav.extensions', icon: Phone },
  { to: '/admin/services', label: 'nav.services', icon: Headset, begins: 'inbound' },
  { to: '/admin/schedules', label: 'nav.schedules', icon: CalendarClock },
  { to: '/admin/routing', label: 'nav.routing', icon: Route },
  flowsItem,
  { to: '/admin/numbers', label: 'nav.numbers', icon: Hash },
  { to: '/admin/words', label: 'nav.words', icon: MessageSquareText, begins: 'managing' },
  { to: '/admin/tasks', label: 'nav.tasks', icon: PhoneOutgoing },
  { to: '/admin/api-keys', label: 'nav.apiKeys', icon: KeyRound },
  { to: '/admin/servers', label: 'nav.servers', icon: Server },
  { to: '/admin/messages', label: 'nav.messages', icon: Mail },
  { to: '/admin/audit', label: 'nav.audit', icon: ScrollText },
]
