import type { FieldKind } from '../kind'
import Display from '../file/display.vue'
import Editor from '../file/editor.vue'
import { sentFiles } from '../file/files'

export const kind: FieldKind = {
  type: 'file', editor: Editor, display: Display, blank: [], wide: true, sent: sentFiles,
}
