/** The views of one list: which there are, which is looked at, and whether it was changed since. */
import { computed, ref, shallowRef, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { api, asRead, type RecordView, type RecordViews, type ViewBody } from '@/shared/api'
import { t } from '@/shared/i18n'
import { attempt } from '@/shared/confirm'
import { bodyOf, chosenView, isSame, stateOf, type ListState } from './state'

interface List { identifier: string; state: ComputedRef<ListState>; plain: () => ListState; apply: (state: ListState) => void }

export function useViews(given: RecordViews | null, list: List) {
  const route = useRoute()
  const router = useRouter()
  const views = shallowRef<RecordView[]>(given?.views ?? [])
  const start = ref(given?.start ?? null)
  const current = shallowRef(chosenView(views.value, route.query.view, start.value))
  const path = { identifier: list.identifier }
  /** A view that has no order of its own has the definition's. */
  const whole = (view: RecordView | null): ListState => (view ? { ...stateOf(view), sort: view.sort || list.plain().sort } : list.plain())
  const base = computed(() => whole(current.value))
  const changed = computed(() => !isSame(base.value, list.state.value))

  function turn(view: RecordView | null): void {
    current.value = view
    list.apply(whole(view))
  }
  /** The plain list is asked for by an empty name, else the chosen view would come back. */
  const at = (view: RecordView | null) => ({ query: { ...route.query, view: view?.key ?? (start.value ? '' : undefined) } })
  function show(view: RecordView | null): void {
    turn(view)
    void router.push(at(view))
  }
  // Back and forward, or a link to another view of the list that is open.
  watch(() => route.query.view, (asked) => {
    if (route.params.object !== list.identifier) return
    const next = chosenView(views.value, asked, start.value)
    if (next?.key !== current.value?.key) turn(next)
  })
  function put(view: RecordView): void {
    const others = views.value.filter((one) => one.key !== view.key)
    views.value = [...others, view].sort((a, b) => Number(b.source === 'ready') - Number(a.source === 'ready'))
    current.value = view
    void router.replace(at(view))
  }

  /** Throws the server's refusal: the form shows it at its fields. */
  async function add(name: string, share: Pick<ViewBody, 'roles' | 'teams'>): Promise<void> {
    put(await api.post('/objects/{identifier}/views', { params: { path }, body: bodyOf(name, list.state.value, share) }))
  }
  async function send(body: ViewBody): Promise<void> {
    const view = current.value
    if (view?.version == null) return
    const params = { path: { ...path, view_id: view.key }, header: asRead({ version: view.version }) }
    put(await api.put('/objects/{identifier}/views/{view_id}', { params, body }))
  }
  const rename = (name: string, share: Pick<ViewBody, 'roles' | 'teams'>): Promise<void> => send(bodyOf(name, base.value, share))
  const save = (): Promise<boolean> => attempt(() => send(bodyOf(current.value!.name, list.state.value, current.value!)), t('views.saved'))
  const revert = (): void => list.apply(base.value)

  async function remove(): Promise<void> {
    const view = current.value
    if (view?.version == null) return
    const params = { path: { ...path, view_id: view.key }, header: asRead({ version: view.version }) }
    if (!(await attempt(() => api.delete('/objects/{identifier}/views/{view_id}', { params }), t('views.removed')))) return
    views.value = views.value.filter((one) => one.key !== view.key)
    if (start.value === view.key) start.value = null
    turn(null)
    void router.replace(at(null))
  }
  async function beginWith(key: string | null): Promise<void> {
    const done = await attempt(() => api.put('/objects/{identifier}/views/start', { params: { path }, body: { view: key } }), t('views.begins'))
    if (done) start.value = key
  }

  return { views, start, current, changed, share: given?.share ?? { roles: [], teams: false }, show, add, rename, save, revert, remove, beginWith }
}
export type Views = ReturnType<typeof useViews>
