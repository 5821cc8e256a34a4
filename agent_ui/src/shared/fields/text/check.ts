import type { Field } from '@/shared/api'
import type { Problem } from '../kind'

/** The server matches in linear time, a browser does not: what may take long here is left to it. */
const UNBOUNDED = /[*+]|\{\d+,\}/g
const isQuick = (pattern: string): boolean => !/\)[*+{]/.test(pattern) && (pattern.match(UNBOUNDED)?.length ?? 0) <= 2

export function checkText(field: Field, value: string): Problem | null {
  if (field.max_length !== null && [...value].length > field.max_length) return { key: 'fields.tooLong', args: { n: field.max_length } }
  if (field.pattern && isQuick(field.pattern) && !new RegExp(`^(?:${field.pattern})$`, 'u').test(value)) return { key: 'fields.pattern' }
  return null
}
