/** A list for pickers (seats, teams, services): its first page at once, the rest as it is looked for or named. */
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { api, isApiError, type ApiError, type FiltersOf, type ItemOf, type ListPath, type Page } from '@/shared/api'

export const MOST = 200

export interface Options<T> {
  /** All that is known of it by now. */
  items: ComputedRef<T[]>
  loaded: Ref<boolean>
  /** Nothing is missing from `items`. */
  whole: ComputedRef<boolean>
  error: Ref<ApiError | null>
  load: () => Promise<void>
  /** What the server finds for a text; it is among `items` from then on. */
  find: (q: string) => Promise<T[]>
  /** Reads what is missing: whoever is to be named, or to be taken as all, is not on the first page alone. */
  rest: () => Promise<void>
}

const keyOf = (one: object): unknown => ('id' in one ? one.id : 'key' in one ? one.key : one)

export function useOptions<P extends ListPath>(path: P, filters: FiltersOf<P> = {}): Options<ItemOf<P>> {
  const read = api.get as (path: P, init: object) => Promise<unknown>
  const found = shallowRef<ItemOf<P>[]>([])
  const total = ref(Infinity)
  const loaded = ref(false)
  const error = shallowRef<ApiError | null>(null)
  const whole = computed(() => found.value.length >= total.value)
  let resting: Promise<void> | null = null

  const page = async (query: object): Promise<Page<ItemOf<P>>> => (await read(path, { params: { query: { page_size: MOST, ...filters, ...query } } })) as Page<ItemOf<P>>
  function add(items: ItemOf<P>[]): void {
    const known = new Set(found.value.map(keyOf))
    found.value = [...found.value, ...items.filter((one) => !known.has(keyOf(one)))]
  }
  async function told<T>(asking: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      const answer = await asking()
      error.value = null
      return answer
    } catch (cause) {
      if (!isApiError(cause)) throw cause
      error.value = cause
      return otherwise
    }
  }
  const load = () => told(async () => {
    const first = await page({})
    found.value = first.items
    total.value = first.total
    loaded.value = true
  }, undefined)
  const find = (q: string) => told(async () => {
    const { items } = await page({ q })
    add(items)
    return items
  }, [])
  const missing = () => told(async () => {
    const pages = Array.from({ length: Math.ceil(total.value / MOST) - 1 }, (_, number) => page({ page: number + 2 }))
    add((await Promise.all(pages)).flatMap((one) => one.items))
    // Whatever was deleted meanwhile is not waited for.
    total.value = found.value.length
  }, undefined)
  const rest = (): Promise<void> => {
    if (!loaded.value || whole.value) return Promise.resolve()
    return (resting ??= missing().finally(() => (resting = null)))
  }
  void load()
  return { items: computed(() => found.value), loaded, whole, error, load, find, rest }
}

/** A list that is shown, or chosen from, as a whole: all of it is read at once, each time. */
export function useWhole<P extends ListPath>(path: P): Options<ItemOf<P>> {
  const list = useOptions(path)
  watch(list.loaded, () => void list.rest())
  return { ...list, load: () => list.load().then(list.rest) }
}

/** The name of one; what is not there any more is called `gone`, as long as that is not known nothing is said. */
export function nameIn<T extends { id: string; name: string }>(list: Options<T>, id: string, gone: string): string {
  const one = list.items.value.find((each) => each.id === id)
  if (one) return one.name
  if (list.loaded.value && !list.whole.value) void list.rest()
  return list.whole.value ? gone : '…'
}
