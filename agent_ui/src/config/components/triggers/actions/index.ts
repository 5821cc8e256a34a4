/** The registry of actions' forms: every component beside this file is the form of the action it is named after. */
import type { Component } from 'vue'
import type { Action, Do } from '../../../composables/triggers'
import type { Design } from '../../../composables/useDesign'

/** `errors`: by the part of the action, `values.note`. */
export interface FormProps<A extends Action> { design: Design; action: A; id: string; errors: Record<string, string> }

const forms = import.meta.glob<{ default: Component }>('./*.vue', { eager: true })
export function formOf(action: Do): Component {
  const form = forms[`./${action}.vue`]
  if (!form) throw new Error(`no form for the action ${action}`)
  return form.default
}
