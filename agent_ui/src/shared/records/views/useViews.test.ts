import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { computed, defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { RecordView } from '@/shared/api'
import type { ListState } from './state'
import { useViews, type Views } from './useViews'

const state = (q: string): ListState => ({ columns: ['name'], widths: {}, filters: {}, sort: '-created_at', q, page_size: 20 })
const view = (key: string): RecordView => ({ key, name: key, source: 'own', owner: null, ...state(key), acts: [], roles: [], teams: [], dropped: 0, version: 1 })
const shown = vi.fn<(state: ListState) => void>()
let views: Views

async function open(address: string, start: string | null = null) {
  const List = defineComponent({
    setup() {
      views = useViews({ views: [view('a'), view('b')], start, share: { roles: [], teams: false } }, { identifier: 'customer', state: computed(() => state('')), plain: () => state('plain'), apply: shown })
      return () => h('p')
    },
  })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/records/:object', component: List }, { path: '/records/:object/:id', component: { render: () => h('p') } }] })
  await router.push(address)
  mount(RouterView, { global: { plugins: [router] } })
  await flushPromises()
  return router
}
const current = () => views.current.value?.key
const lastShown = () => shown.mock.lastCall?.[0].q

beforeEach(() => shown.mockReset())

it('shows the view that another address of the open list names', async () => {
  const router = await open('/records/customer')
  await router.push('/records/customer?view=b')
  expect([current(), lastShown()]).toEqual(['b', 'b'])
})

it('goes back to the view before, and forward again', async () => {
  const router = await open('/records/customer')
  views.show(views.views.value[0]!)
  await flushPromises()
  views.show(views.views.value[1]!)
  await flushPromises()
  const seen: (string | undefined)[] = []
  for (const step of [-1, -1, 1]) {
    router.go(step)
    await flushPromises()
    seen.push(lastShown())
  }
  expect(seen).toEqual(['a', 'plain', 'a'])
})

it('goes back to the one that the list began with', async () => {
  const router = await open('/records/customer', 'b')
  views.show(null)
  await flushPromises()
  expect(current()).toBeUndefined()
  router.back()
  await flushPromises()
  expect(current()).toBe('b')
})

it('shows a view once, whoever asked for it', async () => {
  await open('/records/customer')
  views.show(views.views.value[0]!)
  await flushPromises()
  expect(shown).toHaveBeenCalledTimes(1)
})

it.each(['/records/customer/1', '/records/order'])('is left alone by a way out of the list, to %s', async (place) => {
  const router = await open('/records/customer?view=a')
  await router.push(place)
  expect(shown).not.toHaveBeenCalled()
})
