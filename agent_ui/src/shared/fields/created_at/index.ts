import type { FieldKind } from '../kind'
import Display from '../datetime/display.vue'
import Editor from '../datetime/editor.vue'

export const kind: FieldKind = {
  type: 'created_at', editor: Editor, display: Display, blank: null, system: true,
}
