/** A field type is one folder: its definition here, its editor, its display, its test. A new type touches no other file. */
import type { Component } from 'vue'
import type { Field, FieldType } from '@/shared/api'

/** Why a value will not do: a caption key and its arguments. */
export interface Problem { key: string; args?: Record<string, unknown> }

export interface FieldKind {
  type: FieldType
  editor: Component
  display: Component
  /** The value of a field nobody has filled in. */
  blank: unknown
  /** What the form can tell without the server, which has the last word. */
  check?: (field: Field, value: unknown) => Problem | null
  /** Aligned right in lists. */
  numeric?: boolean
  /** Made by the product with the record: not on the form of a new one. */
  system?: boolean
  /** Needs the whole width of a form. */
  wide?: boolean
  /** What is sent of a value, where that is not the value itself. */
  sent?: (value: unknown, before: unknown) => unknown
}

/** errors: of a value that has parts of its own, by their paths within it. */
export interface EditorProps { field: Field; text?: string; disabled?: boolean; id?: string; errors?: Record<string, string> }
export interface DisplayProps { field: Field; value: unknown; text?: string; masked?: boolean }

export const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
