import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'
import { isMasked, looksLikeNumber } from '@/shared/format'

export const kind: FieldKind = {
  type: 'phone', editor: Editor, display: Display, blank: '',
  check: (_field, value) => (isMasked(String(value)) || looksLikeNumber(String(value)) ? null : { key: 'fields.phone' }),
}
