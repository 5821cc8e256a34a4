import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'
import { checkText } from '../text/check'

export const kind: FieldKind = {
  type: 'long_text', editor: Editor, display: Display, blank: '', wide: true,
  check: (field, value) => checkText(field, String(value)),
}
