import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'
import { checkRange } from './check'

export const kind: FieldKind = {
  type: 'integer', editor: Editor, display: Display, blank: null,
  numeric: true, check: checkRange,
}
