import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView, type Router } from 'vue-router'
import { useLeaving } from './useLeaving'

const ask = vi.fn<() => Promise<boolean>>()
let unsaved = true
let router: Router
let page: ReturnType<typeof mount>

beforeEach(async () => {
  unsaved = true
  ask.mockReset().mockResolvedValue(false)
  const Form = defineComponent({
    setup() {
      useLeaving(() => unsaved, ask)
      return () => h('p')
    },
  })
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/forms/:id', component: Form }, { path: '/', component: { render: () => h('p') } }] })
  await router.push('/forms/1')
  page = mount(RouterView, { global: { plugins: [router] } })
  await flushPromises()
})
afterEach(() => page.unmount())
const closing = () => {
  const event = new Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented
}

it.each(['/', '/forms/2'])('keeps whoever does not want to lose it from going to %s', async (place) => {
  await router.push(place)
  expect([ask.mock.calls.length, router.currentRoute.value.path]).toEqual([1, '/forms/1'])
})

it.each(['/', '/forms/2'])('lets go to %s who does', async (place) => {
  ask.mockResolvedValue(true)
  await router.push(place)
  expect(router.currentRoute.value.path).toBe(place)
})

it('asks nobody who has nothing to lose', async () => {
  unsaved = false
  expect(closing()).toBe(false)
  await router.push('/')
  expect([ask.mock.calls.length, router.currentRoute.value.path]).toEqual([0, '/'])
})

it('holds a page that is closed, as long as it is there', () => {
  expect(closing()).toBe(true)
  page.unmount()
  expect(closing()).toBe(false)
})
