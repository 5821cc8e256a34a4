import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'

export const kind: FieldKind = {
  type: 'formula', editor: Editor, display: Display, blank: null,
}
