import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { consoleRoutes } from './console'
import { supervisorRoutes } from './supervisor'
import { qualityRoutes } from './quality'
import { adminRoutes } from './admin'
import { flowRoutes } from './flows'
import { configRoutes } from './config'
import { operatorRoutes } from './operator'
import { wallboardRoutes } from './wallboard'
import { printRoutes, queryRoutes } from './queries'
import { recordRoutes } from './shared/records'
import { useSession } from './session/store'
import type { Permission, Role } from './shared/api'

declare module 'vue-router' {
  interface RouteMeta {
    /** Roles that may enter; others go to their own home. Pages without it are open to all who are signed in. */
    roles?: Role[]
    /** What one must be permitted to do to enter. */
    permission?: Permission
    open?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/login', component: () => import('./session/EnterpriseLogin.vue'), meta: { open: true } },
  { path: '/operator', alias: '/operator/login', component: () => import('./session/OperatorLogin.vue'), meta: { open: true } },
  { path: '/password', component: () => import('./session/PasswordChange.vue') },
  {
    path: '/',
    component: () => import('./shared/components/AppShell.vue'),
    children: [
      { path: '', redirect: () => useSession().home },
      ...consoleRoutes, ...supervisorRoutes, ...qualityRoutes, ...adminRoutes, ...flowRoutes, ...configRoutes, ...operatorRoutes, ...recordRoutes, ...queryRoutes,
    ],
  },
  ...wallboardRoutes, ...printRoutes,
  { path: '/:rest(.*)*', redirect: '/' },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  await session.restore()
  if (!session.me) {
    if (to.meta.open) return true
    return { path: to.path.startsWith('/operator') ? '/operator' : '/login', query: to.path === '/' ? {} : { next: to.fullPath } }
  }
  if (session.me.must_change_password) return to.path === '/password' || '/password'
  if (to.meta.open) return session.home
  if (to.meta.roles && !to.meta.roles.includes(session.me.user.role)) return session.home
  if (to.meta.permission && !session.may(to.meta.permission)) return session.home
  return true
})
