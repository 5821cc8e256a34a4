/** One code table while it is worked on: what was read, what stands here, and whether the two differ. */
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, asRead, isApiError, type ApiError, type CodeTable } from '@/shared/api'
import { useLoad } from '@/shared/composables/useLoad'
import { t } from '@/shared/i18n'
import { asCsv, checkRows, problemsFrom } from './codeChecks'
import { change, filledRows, itemsOf, MOST, rowsOf, sameRow, sameRows, settle, type Row, type RowProblems } from './codes'

const NAME_BLANK = { zh: '', en: '' }
const nameOf = (table: CodeTable) => ({ zh: table.name['zh-CN'] ?? '', en: table.name.en ?? '' })

export function useCodeTable(key: string) {
  const path = { key }
  const read = useLoad((signal) => api.get('/code-tables/{key}', { params: { path }, signal }), false)
  const table = shallowRef<CodeTable | null>(null)
  const rows = shallowRef<Row[]>([])
  const before = shallowRef<Row[]>([])
  const name = ref({ ...NAME_BLANK })
  const problems = ref<RowProblems>({})
  const nameProblem = ref('')
  const failure = shallowRef<ApiError | null>(null)
  /** What is wrong with the table as a whole, in the server's words. */
  const general = ref<string[]>([])
  const saving = ref(false)
  const stale = ref(false)
  /** What was typed here and gave way to somebody else's table, as a file's text. */
  const kept = ref('')
  const keptName = ref('')

  const saved = computed(() => new Map(before.value.map((row) => [row.id, row])))
  const isChanged = (row: Row): boolean => !sameRow(row, saved.value.get(row.id))
  const named = computed(() => !!table.value && (name.value.zh !== nameOf(table.value).zh || name.value.en !== nameOf(table.value).en))
  const dirty = computed(() => !!table.value && (named.value || !sameRows(rows.value, before.value)))
  const used = computed(() => table.value?.used_by ?? [])
  const full = computed(() => rows.value.length >= MOST)

  function forget(): void {
    failure.value = null
    problems.value = {}
    nameProblem.value = ''
    general.value = []
  }
  function show(next: CodeTable): void {
    table.value = next
    rows.value = before.value = rowsOf(next.items, before.value)
    name.value = nameOf(next)
    stale.value = false
    forget()
  }
  async function load(): Promise<boolean> {
    await read.load()
    if (read.error.value || !read.value.value) return false
    show(read.value.value)
    return true
  }

  function edit(id: number, changes: Partial<Row>): void {
    rows.value = change(rows.value, id, changes)
    delete problems.value[id]
  }
  function check(): boolean {
    problems.value = Object.fromEntries(Object.entries(checkRows(rows.value)).map(([id, one]) => [id, { ...one, text: t(one.text) }]))
    nameProblem.value = name.value.zh.trim() && name.value.en.trim() ? '' : t('codes.problem.name')
    return !nameProblem.value && !Object.keys(problems.value).length
  }

  /** True when it is on the server; what was typed meanwhile stays. */
  async function save(): Promise<boolean> {
    const known = table.value
    if (!known || saving.value) return false
    forget()
    if (!check()) return false
    const sent = rows.value
    const said = { ...name.value }
    saving.value = true
    try {
      const body = { name: { 'zh-CN': said.zh.trim(), en: said.en.trim() }, items: itemsOf(sent) }
      const next = await api.put('/code-tables/{key}', { params: { path, header: asRead(known) }, body })
      table.value = next
      before.value = rowsOf(next.items, sent)
      rows.value = settle(rows.value, before.value, sent)
      if (name.value.zh === said.zh && name.value.en === said.en) name.value = nameOf(next)
      stale.value = false
      kept.value = ''
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      refused(error, filledRows(sent))
      return false
    } finally {
      saving.value = false
    }
  }
  function refused(error: ApiError, sent: Row[]): void {
    stale.value = error.status === 412
    if (stale.value) return
    const found = problemsFrom(error.fieldErrors, sent)
    problems.value = found.rows
    nameProblem.value = found.name
    general.value = found.rest
    if (!Object.keys(found.rows).length && !found.name && !found.rest.length) failure.value = error
  }

  /** Theirs comes here; ours is kept as text. */
  async function takeTheirs(): Promise<boolean> {
    const ourName = named.value ? `${name.value.zh} / ${name.value.en}` : ''
    const ours = asCsv(filledRows(rows.value).filter(isChanged), rows.value)
    if (!(await load())) return false
    kept.value = ours
    keptName.value = ourName
    return true
  }
  const discard = (): void => void (table.value && show(table.value))

  return reactive({ key, table, rows, name, problems, nameProblem, general, failure, saving, stale, kept, keptName, dirty, used, full, readError: read.error, isChanged, load, edit, check, save, takeTheirs, discard })
}
export type CodeWork = ReturnType<typeof useCodeTable>
