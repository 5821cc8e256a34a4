/** What of the document is looked at: a tab, and in it a field or a group. */
import { computed, ref, type ShallowRef } from 'vue'
import { fieldOf, keysOf, type Doc } from './document'
import { placeOf, type Tab } from './problems'

export function useChosen(doc: ShallowRef<Doc | null>) {
  const tab = ref<Tab>('fields')
  const field = ref('')
  const group = ref('')

  function choose(key: string): void {
    field.value = key
    group.value = ''
  }
  function chooseGroup(key: string): void {
    group.value = key
    field.value = ''
  }
  /** To where a problem lies. */
  function goTo(path: string): void {
    if (!doc.value) return
    const place = placeOf(doc.value, path)
    tab.value = place.tab
    if (place.field) choose(place.field)
    else if (place.group) chooseGroup(place.group)
  }
  /** Through the past a chosen field may change its key, or be gone: then what stands in its place is chosen. */
  function travel(go: () => void): void {
    const at = doc.value ? keysOf(doc.value).indexOf(field.value) : -1
    go()
    if (doc.value && at >= 0 && !fieldOf(doc.value, field.value)) choose(keysOf(doc.value)[at] ?? keysOf(doc.value).at(-1) ?? '')
  }

  return {
    tab, field, group, choose, chooseGroup, goTo, travel,
    chosen: computed(() => (doc.value && field.value ? (fieldOf(doc.value, field.value) ?? null) : null)),
    chosenGroup: computed(() => doc.value?.groups.find((one) => one.key === group.value) ?? null),
  }
}
