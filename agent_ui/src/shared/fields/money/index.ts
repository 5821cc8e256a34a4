import { checkRange } from '../integer/check'
import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'

export const kind: FieldKind = {
  type: 'money', editor: Editor, display: Display, blank: null,
  numeric: true, check: checkRange,
}
