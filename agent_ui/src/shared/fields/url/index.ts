import type { FieldKind } from '../kind'
import { isAddress } from './check'
import Display from './display.vue'
import Editor from './editor.vue'

export const kind: FieldKind = {
  type: 'url', editor: Editor, display: Display, blank: '',
  check: (_field, value) => (isAddress(value) ? null : { key: 'fields.url' }),
}
