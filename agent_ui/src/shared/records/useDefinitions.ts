/** Definitions of data objects, read once and kept: the pop must not wait for them. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { api, type Definition } from '@/shared/api'

export const useDefinitions = defineStore('definitions', () => {
  const known = shallowReactive<Record<string, Definition>>({})
  const asked = new Map<string, Promise<Definition>>()

  function load(identifier: string): Promise<Definition> {
    let promise = asked.get(identifier)
    if (!promise) {
      promise = api.get('/objects/{identifier}', { params: { path: { identifier } } }).then((definition) => (known[identifier] = definition))
      promise.catch(() => asked.delete(identifier))
      asked.set(identifier, promise)
    }
    return promise
  }

  return { known, load }
})
