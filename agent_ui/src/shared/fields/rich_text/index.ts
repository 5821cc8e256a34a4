import { defineAsyncComponent } from 'vue'
import type { FieldKind } from '../kind'
import Display from '../long_text/display.vue'

/** The editor is ProseMirror (through TipTap): it comes when a form first shows such a field. */
export const kind: FieldKind = {
  type: 'rich_text', editor: defineAsyncComponent(() => import('./editor.vue')), display: Display, blank: '', wide: true,
}
