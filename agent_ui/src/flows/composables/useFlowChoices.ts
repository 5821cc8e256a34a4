/** What nodes lead to and ask, by name: read once for a designer. */
import { computed, reactive } from 'vue'
import { useRouteChoices } from '@/admin/composables/useRouteChoices'
import { api, type Definition, type Field } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { nameIn, useOptions, useWhole, type Options } from '@/shared/composables/useOptions'
import { caption, t } from '@/shared/i18n'
import { useDefinitions } from '@/shared/records/useDefinitions'
import type { Transfer } from '../nodes/settings'

type Item = { id: string; name: string }

export function useFlowChoices() {
  const routes = useRouteChoices()
  const lists = { routing: useOptions('/routing-services'), team: useOptions('/teams'), prompt: useWhole('/ivr-prompts'), credential: useWhole('/ivr-credentials') }
  const objects = useLoad((signal) => api.get('/objects', { signal }))
  const definitions = useDefinitions()
  const named = (list: Options<Item>, id: string): string => nameIn(list, id, t('route.gone'))

  /** Of an object by its identifier; asked for when it is first wanted. */
  function definition(identifier: string): Definition | undefined {
    if (identifier && !definitions.known[identifier] && objects.value.value?.some((one) => one.identifier === identifier)) void definitions.load(identifier).catch(() => undefined)
    return definitions.known[identifier]
  }
  const fieldsOf = (identifier: string): Field[] => definition(identifier)?.fields ?? []
  const label = (field: Field | undefined, key: string): string => caption(field?.label) || key

  return reactive({
    list: routes.list, nameOf: routes.nameOf, findSeats: routes.findSeats, findExtensions: routes.findExtensions, findBoxes: routes.findBoxes,
    numbers: computed(() => routes.numbers), customerFields: computed(() => routes.fields),
    fieldName: (key: string): string => label(routes.field(key), key),
    routings: () => lists.routing, teams: () => lists.team, teamName: (id: string): string => named(lists.team, id),
    objects: computed(() => objects.value.value ?? []),
    objectName: (identifier: string): string => caption(objects.value.value?.find((one) => one.identifier === identifier)?.name) || identifier,
    fieldsOf, fieldOf: (identifier: string, key: string): string => label(fieldsOf(identifier).find((one) => one.key === key), key),
    targetName: (kind: Transfer['kind'], id: string): string => (kind === 'routing' ? named(lists.routing, id) : routes.nameOf(kind === 'service' || kind === 'number' ? 'agent_service' : kind, id)),
    credentials: lists.credential.items, prompts: lists.prompt.items, promptName: (id: string): string => named(lists.prompt, id),
  })
}
export type FlowChoices = ReturnType<typeof useFlowChoices>
