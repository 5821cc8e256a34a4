/** A configuration on its way in: the file, its trial, what is chosen of it, what came of it. */
import { computed, ref, shallowRef } from 'vue'
import { api, isApiError, type ApiError, type ImportOutcome, type Trial } from '@/shared/api'
import { t } from '@/shared/i18n'
import { allOf, hasObjects, longIn, lostBy, MOST_BYTES, parsed, takeOf, toggled, twiceIn } from './transfer'

export function useTransfer() {
  const name = ref('')
  /** What stands in the way of a trial, in words. */
  const refused = ref('')
  const error = shallowRef<ApiError | null>(null)
  const trial = shallowRef<Trial | null>(null)
  const chosen = shallowRef<ReadonlySet<string>>(new Set())
  const publish = ref(true)
  const accepted = ref(false)
  const outcomes = shallowRef<ImportOutcome[] | null>(null)
  const busy = ref(false)
  let body: unknown
  /** The act that failed, to be tried again. */
  let last: () => Promise<void> = async () => {}

  const items = computed(() => trial.value?.items ?? [])
  const objects = computed(() => hasObjects(items.value, chosen.value))
  const lost = computed(() => (publish.value ? lostBy(items.value, chosen.value) : []))
  const twice = computed(() => (publish.value ? twiceIn(items.value, chosen.value) : []))
  const long = computed(() => (publish.value ? longIn(items.value, chosen.value) : []))
  const ready = computed(() => !busy.value && chosen.value.size > 0 && !twice.value.length && !long.value.length && (!lost.value.length || accepted.value))

  function forget(): void {
    trial.value = outcomes.value = error.value = null
    refused.value = ''
    accepted.value = false
    chosen.value = new Set()
  }
  async function guarded(act: () => Promise<void>): Promise<void> {
    if (busy.value) return
    last = act
    busy.value = true
    error.value = null
    try {
      await act()
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
    } finally {
      busy.value = false
    }
  }
  async function attempt(): Promise<void> {
    trial.value = await api.post('/configuration/trial', { body: { document: body } })
    chosen.value = allOf(trial.value.items)
  }
  async function file(given: File | undefined): Promise<void> {
    if (!given || busy.value) return
    forget()
    name.value = given.name
    body = given.size > MOST_BYTES ? undefined : parsed(await given.text())
    if (given.size > MOST_BYTES) refused.value = t('moving.tooLarge')
    else if (body === undefined) refused.value = t('moving.noJson')
    else await guarded(attempt)
  }
  async function set(key: string, title: string): Promise<void> {
    forget()
    name.value = title
    await guarded(async () => {
      body = (await api.get('/configuration/sets/{key}', { params: { path: { key } } })).document
      await attempt()
    })
  }
  const take = () => guarded(async () => {
    const wanted = { take: takeOf(items.value, chosen.value), publish: publish.value && objects.value, accept_losses: accepted.value }
    outcomes.value = (await api.post('/configuration/import', { body: { document: body, ...wanted } })).items
  })
  const toggle = (ids: string[], on: boolean) => { chosen.value = toggled(chosen.value, ids, on) }
  function reset(): void {
    forget()
    name.value = ''
  }
  return { name, refused, error, trial, items, chosen, publish, accepted, outcomes, busy, objects, lost, twice, long, ready, file, set, take, toggle, reset, again: () => guarded(last) }
}
export type Transfer = ReturnType<typeof useTransfer>
