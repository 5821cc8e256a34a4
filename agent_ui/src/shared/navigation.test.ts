import { expect, it } from 'vitest'
import { configRoutes } from '@/config'
import type { Permission, Role } from '@/shared/api'
import { groupsOf, navigationOf } from './navigation'

const shown = (role: Role, ...permissions: Permission[]) => navigationOf(role, (one) => permissions.includes(one)).map((item) => item.to)

it('leads to the configuration only who may define objects, or set up tasks, as its pages ask', () => {
  expect(shown('conf', 'objects.define')).toContain('/config')
  expect(shown('conf')).not.toContain('/config')
  expect(configRoutes.map((route) => route.meta?.permission)).toEqual(configRoutes.map((route) => (route.path === 'config/tasks' ? 'automation.manage' : 'objects.define')))
})

it('leads everywhere else by role', () => expect(shown('admin')).toContain('/admin/seats'))

const item = (to: string, begins?: string) => ({ to, label: `nav.${to}`, icon: {}, ...(begins ? { begins } : {}) })

it('puts under a heading what follows the item that begins it, and no heading twice in a row', () => {
  const groups = groupsOf([item('a'), item('b', 'one'), item('c'), item('d', 'two'), item('e', 'two')])
  expect(groups.map((group) => [group.key, group.items.map((each) => each.to)])).toEqual([['', ['a']], ['one', ['b', 'c']], ['two', ['d', 'e']]])
})

it('has a heading for every item of the administrator, whose rail is the longest', () => {
  const groups = groupsOf(navigationOf('admin', () => true))
  expect(groups.map((group) => group.key)).not.toContain('')
  expect(new Set(groups.map((group) => group.key)).size).toBe(groups.length)
})
