import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const masked = (value: unknown): boolean => String(value).includes('*')

export const kind: FieldKind = {
  type: 'email', editor: Editor, display: Display, blank: '',
  check: (_field, value) => (masked(value) || ADDRESS.test(String(value)) ? null : { key: 'fields.email' }),
}
