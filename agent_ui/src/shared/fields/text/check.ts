import type { Field } from '@/shared/api'
import type { Problem } from '../kind'

export function checkText(field: Field, value: string): Problem | null {
  if (field.max_length !== null && [...value].length > field.max_length) return { key: 'fields.tooLong', args: { n: field.max_length } }
  if (field.pattern && !new RegExp(`^(?:${field.pattern})$`, 'u').test(value)) return { key: 'fields.pattern' }
  return null
}
