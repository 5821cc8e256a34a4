import { isMasked } from '@/shared/format'
import type { FieldKind } from '../kind'
import { isIdentity } from './check'
import Display from './display.vue'
import Editor from './editor.vue'

export const kind: FieldKind = {
  type: 'identity', editor: Editor, display: Display, blank: '',
  check: (_field, value) => (isMasked(String(value)) || isIdentity(String(value)) ? null : { key: 'fields.identity' }),
}
