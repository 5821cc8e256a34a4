/** Which columns this person wants of this object, in which order; kept on this computer. */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { Definition, Field } from '@/shared/api'

export interface Columns { all: Field[]; shown: ComputedRef<Field[]>; keys: Ref<string[]>; reset: () => void }

export function useColumns(definition: Definition): Columns {
  const storage = `cc.columns.${definition.identifier}`
  const all = definition.fields.filter((field) => field.type !== 'serial' && field.type !== 'long_text' && !field.details)
  const standard = definition.list.columns.length ? definition.list.columns : all.filter((field) => field.in_list).map((field) => field.key)
  const stored = localStorage.getItem(storage)
  const keys = ref<string[]>(stored ? (JSON.parse(stored) as string[]) : standard)
  const shown = computed(() => keys.value.map((key) => all.find((field) => field.key === key)).filter((field): field is Field => !!field))
  watch(keys, (next) => localStorage.setItem(storage, JSON.stringify(next)), { deep: true })
  return { all, shown, keys, reset: () => (keys.value = standard) }
}
