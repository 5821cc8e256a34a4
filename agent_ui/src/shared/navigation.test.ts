import { expect, it } from 'vitest'
import { configRoutes } from '@/config'
import type { Permission, Role } from '@/shared/api'
import { navigationOf } from './navigation'

const shown = (role: Role, ...permissions: Permission[]) => navigationOf(role, (one) => permissions.includes(one)).map((item) => item.to)

it('leads to the configuration only who may define objects, or set up tasks, as its pages ask', () => {
  expect(shown('conf', 'objects.define')).toContain('/config')
  expect(shown('conf')).not.toContain('/config')
  expect(configRoutes.map((route) => route.meta?.permission)).toEqual(configRoutes.map((route) => (route.path === 'config/tasks' ? 'automation.manage' : 'objects.define')))
})

it('leads everywhere else by role', () => expect(shown('admin')).toContain('/admin/seats'))
