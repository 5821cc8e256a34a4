import type { Field, Option } from '@/shared/api'

/** A field with nothing special, for tests to change. */
export const field = (changes: Partial<Field>): Field => ({
  key: 'x', type: 'text', label: { 'zh-CN': '字段', en: 'Field' }, required: false, read_only: false, access: 'write', unique: false, width: 1, help: null,
  default: null, options: [], begin: null, reference: null, copied: null, details: null, level: null, kinds: null, largest: null, most: null, min: null, max: null, max_length: null, sign: null, pattern: null, in_list: true, in_search: false, sortable: true, filterable: true, when: {}, formula: null,
  ...changes,
})

/** A choice with nothing special. */
export const option = (value: string, label: string, changes: Partial<Option> = {}): Option => ({
  value, label: { 'zh-CN': label, en: label }, color: null, parent: null, active: true, closed: false, ...changes,
})
