/** One call being scored: answers, fatal errors, marks, the total; saved as a draft or for good. */
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, asRead, isApiError, once, type Mark, type QualityDetail, type QualityForm, type Score } from '@/shared/api'
import { t } from '@/shared/i18n'
import { complain } from '@/shared/confirm'
import { totalOf } from './total'

export function useScore() {
  const form = shallowRef<QualityForm | null>(null)
  const detail = shallowRef<QualityDetail | null>(null)
  const score = shallowRef<Score | null>(null)
  const answers = reactive<Record<string, number>>({})
  const fatal = ref<string[]>([])
  const marks = ref<Mark[]>([])
  const comment = ref('')
  const busy = ref(false)
  const missing = ref<string[]>([])

  const items = computed(() => form.value?.groups.flatMap((group) => group.items) ?? [])
  const total = computed(() => totalOf(answers, fatal.value))
  const submitted = computed(() => score.value?.status === 'submitted')

  async function loadForm(): Promise<void> {
    form.value = (await api.get('/quality/forms'))[0] ?? null
  }

  function take(next: Score | null): void {
    score.value = next
    for (const key of Object.keys(answers)) delete answers[key]
    Object.assign(answers, next?.answers ?? {})
    fatal.value = [...(next?.fatal ?? [])]
    marks.value = [...(next?.marks ?? [])]
    comment.value = next?.comment ?? ''
    missing.value = []
  }

  async function open(callId: string): Promise<void> {
    if (!form.value) await loadForm()
    detail.value = await api.get('/quality/items/{call_id}', { params: { path: { call_id: callId } } })
    take(detail.value.score)
  }

  function complete(): boolean {
    missing.value = fatal.value.length ? [] : items.value.filter((item) => answers[item.key] === undefined).map((item) => item.key)
    return missing.value.length === 0
  }

  async function save(status: 'draft' | 'submitted'): Promise<boolean> {
    if (busy.value || !form.value || !detail.value || (status === 'submitted' && !complete())) return false
    busy.value = true
    const body = {
      call_id: detail.value.call.id, form_version_id: form.value.id, answers: { ...answers }, fatal: fatal.value, marks: marks.value, comment: comment.value, status,
    }
    try {
      const known = score.value
      take(known ? await api.put('/quality/scores/{score_id}', { params: { path: { score_id: known.id }, header: asRead(known) }, body }) : await api.post('/quality/scores', { params: { header: once() }, body }))
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      complain(error.offline ? t('errors.offlineKept') : error.message)
      return false
    } finally {
      busy.value = false
    }
  }

  const addMark = (mark: Mark) => (marks.value = [...marks.value, mark].sort((a, b) => a.at - b.at))
  const dropMark = (mark: Mark) => (marks.value = marks.value.filter((one) => one !== mark))

  const setFatal = (keys: string[]) => (fatal.value = keys)
  const setComment = (text: string) => (comment.value = text)

  return { form, detail, score, answers, fatal, marks, comment, busy, missing, total, submitted, open, save, addMark, dropMark, setFatal, setComment }
}
export type Scoring = ReturnType<typeof useScore>
