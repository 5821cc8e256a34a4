/** The registry: every folder beside this file is a field type. */
import type { Field, FieldType, Values } from '@/shared/api'
import { caption } from '@/shared/i18n'
import { isBlank, type FieldKind, type Problem } from './kind'

const modules = import.meta.glob<{ kind: FieldKind }>('./*/index.ts', { eager: true })
const kinds = new Map(Object.values(modules).map(({ kind }) => [kind.type, kind]))

export function kindOf(type: FieldType): FieldKind {
  const kind = kinds.get(type)
  if (!kind) throw new Error(`unknown field type ${type}`)
  return kind
}

export function checkField(field: Field, value: unknown): Problem | null {
  if (isBlank(value)) {
    const choose = ['choice', 'choices', 'cascade', 'user', 'team', 'reference', 'date', 'datetime', 'time'].includes(field.type)
    return field.required ? { key: choose ? 'fields.choose' : 'fields.fill', args: { label: caption(field.label) } } : null
  }
  return kindOf(field.type).check?.(field, value) ?? null
}

/** Values of a new record: defaults where the definition has them. */
export const newValues = (fields: Field[]): Values =>
  Object.fromEntries(fields.map((field) => [field.key, field.default ?? structuredClone(kindOf(field.type).blank)]))

export { isBlank }
export type { FieldKind, Problem }
