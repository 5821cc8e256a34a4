import type { FieldKind } from '../kind'
import Display from '../user/display.vue'
import Editor from './editor.vue'

export const kind: FieldKind = {
  type: 'region', editor: Editor, display: Display, blank: null,
}
