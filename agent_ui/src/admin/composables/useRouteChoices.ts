/** What rules may ask and lead to, by name: read once for an editor. */
import { computed, reactive, shallowReactive } from 'vue'
import { api, isApiError, type Field } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { nameIn, useOptions, useWhole, type Options } from '@/shared/composables/useOptions'
import { findUsers, nameAmong } from '@/shared/fields/directory'
import { FOUND_PAGE, type Search } from '@/shared/fields/lookup'
import { loadRegions } from '@/shared/fields/region/regions'
import { t } from '@/shared/i18n'
import { useDefinitions } from '@/shared/records/useDefinitions'
import { askable, type TargetKind, type TestKind } from './routes'

interface Named { id: string; name: string }

const findExtensions: Search = async (q) => {
  const page = await api.get('/extensions', { params: { query: { q, page_size: FOUND_PAGE } } })
  return page.items.map((one) => ({ value: one.id, label: one.number, hint: one.user?.name }))
}
const extensionName = async (id: string): Promise<string> => (await api.get('/extensions/{extension_id}', { params: { path: { extension_id: id } } })).number

/** Names come as they are asked for: an enterprise may have thousands of seats. */
function useFoundNames(search: Search, read: (id: string) => Promise<string | undefined>) {
  const names = shallowReactive<Record<string, string>>({})
  const asked = new Set<string>()
  const find: Search = async (q) => {
    const found = await search(q)
    for (const one of found) names[one.value] = one.label
    return found
  }
  async function ask(id: string): Promise<void> {
    asked.add(id)
    try {
      names[id] = (await read(id)) ?? ''
    } catch (error) {
      if (!isApiError(error)) throw error
      if (error.status === 404) names[id] = t('route.gone')
    }
  }
  return { find, nameOf: (id: string): string => {
    if (!(id in names) && !asked.has(id)) void ask(id)
    return names[id] ?? ''
  } }
}

/** One field for each key: rules ask all customer objects alike. */
export function useCustomerFields(wanted: (field: Field) => boolean = askable) {
  const definitions = useDefinitions()
  return useLoad(async (signal) => {
    const objects = (await api.get('/objects', { signal })).filter((one) => one.kind === 'customer')
    const found = await Promise.all(objects.map((one) => definitions.load(one.identifier)))
    const fields = found.flatMap((one) => one.fields).filter(wanted)
    if (fields.some((field) => field.type === 'region')) void loadRegions()
    return [...new Map(fields.map((field): [string, Field] => [field.key, field])).values()]
  })
}

export function useRouteChoices(what: 'all' | 'targets' = 'all') {
  const targets = { agent_service: useOptions('/agent-services'), ivr_service: useOptions('/ivr-services'), routing_service: useOptions('/routing-services'), conference: useOptions('/conferences') }
  const tests = what === 'all' ? { schedule: useOptions('/schedules'), list: useOptions('/caller-lists') } : null
  const numbers = what === 'all' ? useWhole('/access-numbers') : null
  const fields = what === 'all' ? useCustomerFields() : null
  const seats = useFoundNames(findUsers, nameAmong(findUsers))
  const extensions = useFoundNames(findExtensions, extensionName)
  const lists = { ...targets, load: targets.agent_service, ...tests }
  /** Of a kind that names services, schedules or lists. */
  const list = (kind: TestKind | TargetKind): Options<Named> => (lists as Record<string, Options<Named>>)[kind] ?? targets.agent_service
  /** What is gone since is named so; as long as nothing is read nothing is said. */
  function nameOf(kind: TestKind | TargetKind, id: string): string {
    if (kind === 'seat') return seats.nameOf(id)
    if (kind === 'extension') return extensions.nameOf(id)
    if (kind === 'voicemail') return boxName(id)
    return nameIn(list(kind), id, t('route.gone'))
  }
  function boxName(id: string): string {
    const services = targets.agent_service
    if (!services.whole.value) void services.rest()
    return services.items.value.find((one) => one.id === id)?.name ?? seats.nameOf(id)
  }
  /** Whose voicemail: services stand before seats. */
  const findBoxes: Search = async (q) => {
    const services = await targets.agent_service.find(q)
    return [...services.map((one) => ({ value: one.id, label: one.name })), ...(await seats.find(q))]
  }
  return reactive({
    list, nameOf, findSeats: seats.find, findExtensions: extensions.find, findBoxes,
    numbers: computed(() => numbers?.items.value ?? []),
    fields: computed(() => fields?.value.value ?? []),
    field: (key: string): Field | undefined => fields?.value.value?.find((one) => one.key === key),
  })
}
export type RouteChoices = ReturnType<typeof useRouteChoices>
