import type { Field } from '@/shared/api'
import type { Problem } from '../kind'

export function checkRange(field: Field, value: unknown): Problem | null {
  const number = Number(value)
  if (Number.isNaN(number)) return { key: 'fields.number' }
  if (field.min !== null && number < field.min) return { key: 'fields.min', args: { n: field.min } }
  if (field.max !== null && number > field.max) return { key: 'fields.max', args: { n: field.max } }
  return null
}
