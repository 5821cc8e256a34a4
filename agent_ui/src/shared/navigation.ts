/** What the rail shows to whom. A console declares its own items. */
import type { Component } from 'vue'
import { adminItems } from '@/admin'
import { codesItem, filesItem, objectsItem, scheduledItem, templatesItem, transferItem } from '@/config'
import { callbacksItem, callsItem, myScoresItem, voicemailItem, workspaceItem } from '@/console'
import { operatorItems } from '@/operator'
import { scoringItem } from '@/quality'
import { listsItem, queriesItem } from '@/queries'
import type { Permission, Role } from '@/shared/api'
import { customersItem, recordsItem, workOrdersItem } from '@/shared/records'
import { dayItem, wallItem } from '@/supervisor'
import { wallboardItem } from '@/wallboard'

/**
 * `permission`: what one must be permitted to do to see it, as its page asks. `begins`: the group that begins with
 * it (`nav.group.*`) and goes on to the next that begins one; told apart where there are many items.
 */
export interface NavigationItem { to: string; label: string; icon: Component; permission?: Permission; begins?: string }
export interface NavigationGroup { key: string; items: NavigationItem[] }

const BY_ROLE: Record<Role, NavigationItem[]> = {
  agent: [workspaceItem, customersItem, workOrdersItem, recordsItem, listsItem, callsItem, callbacksItem, voicemailItem, myScoresItem],
  leader: [wallItem, workspaceItem, customersItem, workOrdersItem, recordsItem, listsItem, callsItem, callbacksItem, voicemailItem, dayItem, wallboardItem, myScoresItem],
  inspector: [scoringItem, wallItem, workOrdersItem, recordsItem, listsItem, callsItem, dayItem, wallboardItem],
  admin: [...adminItems, recordsItem, listsItem, callbacksItem, voicemailItem, wallItem, dayItem, wallboardItem],
  conf: [objectsItem, codesItem, templatesItem, queriesItem, scheduledItem, filesItem, transferItem, customersItem, workOrdersItem, recordsItem, listsItem],
  operator: operatorItems,
}

export const navigationOf = (role: Role, may: (permission: Permission) => boolean): NavigationItem[] => BY_ROLE[role].filter((item) => !item.permission || may(item.permission))

/** Under their headings; what stands before the first has none. */
export function groupsOf(items: readonly NavigationItem[]): NavigationGroup[] {
  const groups: NavigationGroup[] = []
  for (const item of items) {
    const last = groups.at(-1)
    if (last && (!item.begins || item.begins === last.key)) last.items.push(item)
    else groups.push({ key: item.begins ?? '', items: [item] })
  }
  return groups
}

/** Those who have the telephone bar on every page. */
export const takesCalls = (role: Role): boolean => role === 'agent' || role === 'leader'
