/** The draft of one IVR service's flow: its document, what is chosen of it, its saving, and what the server says of it. */
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, asRead, isApiError, type ApiError, type FlowProblem, type IvrServiceDetail } from '@/shared/api'
import { useAutosave } from '@/shared/composables/useAutosave'
import { useUndo } from '@/shared/composables/useUndo'
import { exitsOf, KINDS, kindWord, lacksOf } from '../nodes'
import { problemsHere, together, type Problem } from './checks'
import { freeId, readFlow, writeFlow, type Flow, type Place, type Settings } from './definition'
import { changesOf } from './diff'
import * as edits from './edits'
import { placesOf, sizeOf, sizesOf } from './graph'
import { freePlace, GRID, layout } from './layout'
import type { FlowChoices } from './useFlowChoices'

const ADDRESS = '/ivr-services/{service_id}'
const BESIDE = 96
/** Of whoever copied it: who signs in after them on this page finds nothing. */
let copied: { owner: string; clip: edits.Clip } | null = null

/** `owner`: who works here; what could not be saved is kept under that name. */
export function useFlow(owner: string, choices: FlowChoices) {
  const id = ref('')
  const answer = shallowRef<IvrServiceDetail | null>(null)
  const doc = shallowRef<Flow | null>(null)
  const kinds = shallowRef<string[]>([])
  const told = shallowRef<FlowProblem[]>([])
  const loadError = shallowRef<ApiError | null>(null)
  const selected = shallowRef<string[]>([])
  const savedAt = ref('')
  const path = () => ({ service_id: id.value })
  const versioned = () => ({ path: path(), header: asRead({ version: answer.value?.version ?? 0 }) })
  const saving = useAutosave(owner, computed(() => `flow.${id.value}`), doc, async (sent) => {
    heed(await api.put(`${ADDRESS}/draft`, { params: versioned(), body: { definition: writeFlow(sent) } }))
    savedAt.value = new Date().toISOString()
  })
  const history = useUndo(doc, saving.changed)

  function heed(next: IvrServiceDetail): void {
    answer.value = next
    told.value = next.problems
  }
  const documentOf = (next: IvrServiceDetail): Flow => readFlow((next.draft ?? next.published)?.definition ?? {})
  function show(next: IvrServiceDetail, forget = false): void {
    heed(next)
    savedAt.value = next.draft?.made_at ?? ''
    history.replace(documentOf(next), forget)
    saving.clean()
    keepChosen()
  }
  async function open(service: string): Promise<void> {
    id.value = service
    answer.value = doc.value = loadError.value = null
    selected.value = []
    try {
      const [next, known] = await Promise.all([api.get(ADDRESS, { params: { path: path() } }), api.get('/ivr-services/kinds')])
      if (id.value !== service) return
      kinds.value = known.kinds
      saving.local.offer(documentOf(next))
      show(next, true)
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      loadError.value = cause
    }
  }
  const read = () => api.get(ADDRESS, { params: { path: path() } })
  /** Theirs takes the place of ours, which undo brings back. */
  const takeTheirs = async (): Promise<void> => show(await read())
  /** Ours is saved over theirs. */
  async function keepOurs(): Promise<boolean> {
    answer.value = await read()
    saving.state.value = 'pending'
    return saving.save()
  }

  /** True when it went through; a flow with faults is told so by its problems. */
  async function publish(): Promise<boolean> {
    if (!(await saving.save())) return false
    try {
      show(await saving.refusable(() => api.post(`${ADDRESS}/publish`, { params: versioned() })), true)
      return true
    } catch (cause) {
      if (!isApiError(cause) || cause.code !== 'flow-invalid') throw cause
      told.value = cause.details.problems as FlowProblem[]
      return false
    }
  }
  async function rollBack(number: number): Promise<void> {
    if (!(await saving.save())) return
    const drafted = !!answer.value?.draft
    const next = await saving.refusable(() => api.post(`${ADDRESS}/roll-back`, { params: versioned(), body: { number } }))
    // A draft stays as it is: only what is in force is another.
    if (drafted) heed(next)
    else show(next)
  }
  const versionOf = async (number: number): Promise<Flow> => readFlow((await api.get(`${ADDRESS}/versions/{number}`, { params: { path: { ...path(), number } } })).definition)
  const load = (flow: Flow) => history.apply(() => flow)

  const nodes = computed(() => new Map((doc.value?.nodes ?? []).map((one) => [one.id, one])))
  const places = computed(() => (doc.value ? placesOf(doc.value) : {}))
  const chosen = computed(() => (selected.value.length === 1 ? nodes.value.get(selected.value[0] ?? '') : undefined))
  const here = computed(() => (doc.value ? problemsHere(doc.value, { exits: exitsOf, lacks: lacksOf }) : []))
  const problems = computed(() => (doc.value ? together(doc.value, here.value, told.value) : []))
  const published = computed(() => (answer.value?.published ? readFlow(answer.value.published.definition) : null))
  const select = (ids: string[]): void => {
    if (ids.join() !== selected.value.join()) selected.value = ids
  }
  function keepChosen(): void {
    select(selected.value.filter((one) => nodes.value.has(one)))
  }
  const nameOf = (node: string): string => doc.value?.names[node] || kindWord(nodes.value.get(node)?.kind ?? node)

  /** Places as they are seen become the flow's own with the first change of them. */
  const placed = (flow: Flow): Flow => edits.place(flow, places.value)
  const taken = (flow: Flow) => flow.nodes.map((one) => ({ place: places.value[one.id] ?? ([0, 0] as const), ...sizeOf(one) }))

  /** A new node of a kind: at `at`, else beside the chosen one, which leads to it by its first free exit. */
  function add(kind: string, at: Place): void {
    const flow = doc.value
    const known = KINDS.get(kind)
    if (!flow || !known) return
    const node = { id: freeId(kind, new Set(nodes.value.keys())), kind, settings: known.blank(), exits: {} }
    const place = freePlace(taken(flow), at, sizeOf(node))
    if (history.apply((now) => edits.addNode(placed(now), node, place))) select([node.id])
  }
  function addBeside(kind: string, middle: Place): void {
    const from = chosen.value
    const known = KINDS.get(kind)
    if (!from || !known) return add(kind, middle)
    const [x, y] = places.value[from.id] ?? middle
    const free = exitsOf(from).find((name) => !from.exits[name])
    add(kind, [x + sizeOf(from).width + BESIDE, y])
    const made = selected.value[0]
    if (free && made && made !== from.id) history.apply((now) => edits.connect(now, { node: from.id, name: free }, made), 'add')
  }
  function remove(ids = selected.value): void {
    if (history.apply((now) => edits.removeNodes(placed(now), ids))) keepChosen()
  }
  const move = (moved: Record<string, Place>, tag = '') => history.apply((now) => edits.place(placed(now), moved), tag)
  /** By steps of the grid, all that is chosen. */
  const nudge = (dx: number, dy: number) => move(Object.fromEntries(selected.value.map((one) => [one, [(places.value[one]?.[0] ?? 0) + dx * GRID, (places.value[one]?.[1] ?? 0) + dy * GRID] as const])), `nudge.${selected.value.join()}`)
  const arrange = () => history.apply((now) => edits.place(now, layout(now, sizesOf(now))))
  const connect = (node: string, name: string, target: string) => history.apply((now) => edits.connect(now, { node, name }, target))
  const disconnect = (exits: edits.Exit[]) => history.apply((now) => edits.disconnect(now, exits))
  const startAt = (node: string) => history.apply((now) => edits.startAt(placed(now), node))
  const setting = (node: string, settings: Settings, what = '') => history.apply((now) => edits.settle(now, node, settings, exitsOf), what && `${node}.${what}`)
  const rename = (node: string, name: string) => history.apply((now) => edits.rename(now, node, name), `${node}.name`)
  const speak = (languages: string[]) => history.apply((now) => edits.speak(now, languages))
  function copy(): number {
    if (doc.value && selected.value.length) copied = { owner, clip: edits.copy(placed(doc.value), selected.value) }
    return selected.value.length
  }
  function paste(clip = copied?.owner === owner ? copied.clip : null): void {
    if (!doc.value || !clip) return
    const made = edits.paste(placed(doc.value), clip, [GRID * 3, GRID * 3])
    if (history.apply(() => made.flow)) select(made.ids)
    if (clip === copied?.clip) copied = { owner, clip: edits.copy(made.flow, made.ids) }
  }
  const duplicate = () => doc.value && paste(edits.copy(placed(doc.value), selected.value))
  function travel(go: () => void): void {
    go()
    keepChosen()
  }

  const { state, failure, local, save, unsaved } = saving
  return reactive({
    id, answer, doc, kinds, loadError, selected, savedAt, choices, nodes, places, chosen, problems, published, state, failure, unsaved, kept: local.kept, save, takeTheirs, keepOurs,
    takeKept: () => local.take((flow) => load(flow)), dropKept: local.drop, ...history, undo: () => travel(history.undo), redo: () => travel(history.redo),
    open, publish, rollBack, versionOf, load, select, nameOf, add, addBeside, remove, move, nudge, arrange, connect, disconnect, startAt, setting, rename, speak, copy, paste, duplicate,
    drafted: computed(() => !!answer.value?.draft), changes: computed(() => (doc.value ? changesOf(published.value, doc.value) : [])),
    byNode: computed(() => {
      const found = new Map<string, Problem[]>()
      for (const one of problems.value) found.set(one.node, [...(found.get(one.node) ?? []), one])
      return found
    }),
  })
}
export type FlowDesign = ReturnType<typeof useFlow>

/** What a form of settings sees of the designer. */
export interface Editing { design: FlowDesign; node: string }
