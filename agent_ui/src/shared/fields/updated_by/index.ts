import type { FieldKind } from '../kind'
import Display from '../user/display.vue'
import Editor from '../user/editor.vue'

export const kind: FieldKind = {
  type: 'updated_by', editor: Editor, display: Display, blank: null, system: true,
}
