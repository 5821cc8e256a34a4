/** What a service may ask of its callers and agents, by name: read when its form is opened. */
import { computed, reactive } from 'vue'
import { useWhole } from '@/shared/composables/useOptions'
import { t } from '@/shared/i18n'
import { useCustomerFields } from './useRouteChoices'
import { askable } from './routes'

export function useMatchChoices() {
  const skills = useWhole('/skills')
  const lists = useWhole('/caller-lists')
  const numbers = useWhole('/access-numbers')
  const fields = useCustomerFields((field) => field.type === 'user' || (field.type === 'choice' && askable(field)))
  return reactive({
    skills: skills.items, lists: lists.items, numbers: numbers.items,
    fields: computed(() => (fields.value.value ?? []).filter((field) => field.type === 'choice')),
    owners: computed(() => (fields.value.value ?? []).filter((field) => field.type === 'user')),
    /** What is gone since is named so; as long as nothing is read nothing is said. */
    skillName: (id: string): string => skills.items.value.find((one) => one.id === id)?.name ?? (skills.loaded.value ? t('route.gone') : '…'),
  })
}
export type MatchChoices = ReturnType<typeof useMatchChoices>
