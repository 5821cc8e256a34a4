/** The registry: every folder beside this file is a field type. */
import type { Field, FieldType, Values } from '@/shared/api'
import type { Component } from 'vue'
import { caption } from '@/shared/i18n'
import { begunHere } from './begin'
import { isBlank, type FieldKind, type Problem } from './kind'
import Veil from './Veil.vue'
import VeilInput from './VeilInput.vue'

const modules = import.meta.glob<{ kind: FieldKind }>('./*/index.ts', { eager: true })
const kinds = new Map(Object.values(modules).map(({ kind }) => [kind.type, kind]))

export function kindOf(type: FieldType): FieldKind {
  const kind = kinds.get(type)
  if (!kind) throw new Error(`unknown field type ${type}`)
  return kind
}

/** What shows and what edits a field, for what this user may do with it. */
export const displayOf = (field: Field): Component => (field.access === 'mask' ? Veil : kindOf(field.type).display)
export const editorOf = (field: Field): Component => (field.access === 'mask' ? VeilInput : kindOf(field.type).editor)
/** Whether its value may be sent at all. */
export const isWritable = (field: Field): boolean => field.access === 'write' && !field.read_only

export function checkField(field: Field, value: unknown): Problem | null {
  if (isBlank(value)) {
    const choose = ['choice', 'choices', 'cascade', 'user', 'team', 'reference', 'date', 'datetime', 'time', 'region', 'file', 'image'].includes(field.type)
    return field.required ? { key: choose ? 'fields.choose' : 'fields.fill', args: { label: caption(field.label) } } : null
  }
  return kindOf(field.type).check?.(field, value) ?? null
}

/** What travels of a value. */
export const sentOf = (field: Field, value: unknown, before: unknown): unknown => kindOf(field.type).sent?.(value, before) ?? value ?? null

/** Values of a new record: defaults where the definition has them. */
export const newValues = (fields: Field[]): Values =>
  Object.fromEntries(fields.map((field) => [field.key, field.default ?? begunHere(field) ?? structuredClone(kindOf(field.type).blank)]))

export { isBlank }
export type { FieldKind, Problem }
