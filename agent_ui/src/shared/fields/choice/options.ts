import type { Field, Option } from '@/shared/api'
import { caption } from '@/shared/i18n'

/** What may be chosen now: the active options, and those already chosen. */
export function selectable(field: Field, chosen: unknown): Option[] {
  const kept = new Set(Array.isArray(chosen) ? chosen : [chosen])
  return field.options.filter((option) => option.active || kept.has(option.value))
}

export const optionOf = (field: Field, value: unknown): Option | undefined => field.options.find((option) => option.value === value)

/** “报修 / 热水器 / 漏水” */
export function pathOf(field: Field, value: unknown): Option[] {
  const path: Option[] = []
  for (let option = optionOf(field, value); option && !path.includes(option); option = optionOf(field, option.parent)) path.unshift(option)
  return path
}
export const pathText = (field: Field, value: unknown): string => pathOf(field, value).map((option) => caption(option.label)).join(' / ')

const TINTS: Record<string, string> = {
  green: 'ok', success: 'ok', amber: 'warn', orange: 'warn', warning: 'warn', red: 'bad', danger: 'bad', blue: 'info', info: 'info', primary: 'pri', teal: 'pri',
}
export const tint = (option: Option | undefined): string => TINTS[option?.color ?? ''] ?? ''
