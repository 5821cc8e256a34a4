/** Which columns the list shows, in which order and how wide. Those of the plain list are kept on this computer. */
import { computed, reactive, ref, type ComputedRef, type Ref } from 'vue'
import type { Definition, Field } from '@/shared/api'

export interface Columns { all: Field[]; shown: ComputedRef<Field[]>; keys: Ref<string[]>; widths: Record<string, number>; show: (keys: string[], widths: Record<string, number>) => void; reset: () => void }

const place = (definition: Definition): string => `cc.columns.${definition.identifier}`
const offered = (definition: Definition): Field[] => definition.fields.filter((field) => field.type !== 'serial' && field.type !== 'long_text' && !field.details)
const standard = (definition: Definition): string[] => (definition.list.columns.length ? definition.list.columns : offered(definition).filter((field) => field.in_list).map((field) => field.key))

export function keptColumns(definition: Definition): string[] {
  const stored = localStorage.getItem(place(definition))
  return stored ? (JSON.parse(stored) as string[]) : standard(definition)
}
export const keepColumns = (definition: Definition, keys: string[]): void => localStorage.setItem(place(definition), JSON.stringify(keys))

export function useColumns(definition: Definition): Columns {
  const all = offered(definition)
  const keys = ref<string[]>(keptColumns(definition))
  const widths = reactive<Record<string, number>>({})
  const shown = computed(() => keys.value.map((key) => all.find((field) => field.key === key)).filter((field): field is Field => !!field))
  function show(next: string[], wide: Record<string, number>): void {
    keys.value = [...next]
    for (const key of Object.keys(widths)) delete widths[key]
    Object.assign(widths, wide)
  }
  return { all, shown, keys, widths, show, reset: () => show(standard(definition), {}) }
}
