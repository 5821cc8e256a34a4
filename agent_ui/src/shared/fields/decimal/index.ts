import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'
import { checkRange } from '../integer/check'

export const kind: FieldKind = {
  type: 'decimal', editor: Editor, display: Display, blank: null,
  numeric: true, check: checkRange,
}
