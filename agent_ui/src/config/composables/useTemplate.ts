/** One template while it is worked on: what was read, what stands here, and whether the two differ. */
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, asRead, isApiError, type ApiError, type Template } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { bodyOf, draftOf, sameDraft, type Draft } from './templates'

export function useTemplate(key: string) {
  const path = { key }
  const read = useLoad((signal) => api.get('/templates/{key}', { params: { path }, signal }), false)
  const template = shallowRef<Template | null>(null)
  const draft = ref<Draft>({ zh: '', en: '', object: '', text: '', output: 'text', active: true })
  const failure = shallowRef<ApiError | null>(null)
  const saving = ref(false)
  const stale = computed(() => failure.value?.status === 412)
  const errors = computed(() => failure.value?.fieldErrors ?? {})
  const dirty = computed(() => !!template.value && !sameDraft(draft.value, draftOf(template.value)))

  function show(next: Template): void {
    template.value = next
    draft.value = draftOf(next)
    failure.value = null
  }
  async function load(): Promise<boolean> {
    await read.load()
    if (read.error.value || !read.value.value) return false
    show(read.value.value)
    return true
  }
  /** True when it is on the server; what was typed meanwhile stays. */
  async function save(): Promise<boolean> {
    const known = template.value
    if (!known || saving.value) return false
    const sent = { ...draft.value }
    saving.value = true
    try {
      const next = await api.patch('/templates/{key}', { params: { path, header: asRead(known) }, body: bodyOf(sent) })
      template.value = next
      failure.value = null
      if (sameDraft(draft.value, sent)) draft.value = draftOf(next)
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      failure.value = error
      return false
    } finally {
      saving.value = false
    }
  }
  /** Ours over theirs, which was saved in the meantime. */
  async function keepOurs(): Promise<boolean> {
    const ours = { ...draft.value }
    if (!(await load())) return false
    draft.value = ours
    return save()
  }
  const discard = (): void => void (template.value && show(template.value))

  return reactive({ key, template, draft, failure, saving, stale, errors, dirty, readError: read.error, load, save, keepOurs, discard })
}
export type TemplateWork = ReturnType<typeof useTemplate>
