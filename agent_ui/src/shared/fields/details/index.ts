import type { FieldKind } from '../kind'
import Display from './display.vue'
import Editor from './editor.vue'
import { sentLines } from './lines'

export const kind: FieldKind = {
  type: 'details', editor: Editor, display: Display, blank: [], wide: true, sent: sentLines,
}
