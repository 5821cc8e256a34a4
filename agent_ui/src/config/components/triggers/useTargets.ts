/** Fields that an action can fill: of the draft itself, or of another object as it is in force. */
import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { api, isApiError, type Field } from '@/shared/api'
import { fieldsOf } from '../../composables/document'
import { fieldAnswer } from '../../composables/preview'
import type { Design } from '../../composables/useDesign'

export function useTargets(design: Design) {
  const enters = (field: Field) => design.typeOf(field.type)?.entered ?? true
  const own = computed(() => (design.doc ? fieldsOf(design.doc).map((field) => fieldAnswer(design.doc!, { ...field, width: 1 }, design.types, design.codes)) : []).filter(enters))
  /** `identifier`: '' while none is chosen. */
  function of(identifier: () => string): ComputedRef<Field[]> {
    const found = shallowRef<Field[]>([])
    watch(identifier, async (name) => {
      found.value = []
      if (!name || name === design.identifier) return
      try {
        const definition = await api.get('/objects/{identifier}', { params: { path: { identifier: name } } })
        if (identifier() === name) found.value = definition.fields
      } catch (error) {
        // Its problems are told by the server.
        if (!isApiError(error)) throw error
      }
    }, { immediate: true })
    return computed(() => (identifier() === design.identifier ? own.value : found.value.filter(enters)))
  }
  return { own, of }
}
