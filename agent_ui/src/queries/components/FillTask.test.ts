import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { CallingTask } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import FillTask from './FillTask.vue'

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const label = (said: string) => ({ 'zh-CN': said, en: said })
const ready = (key: string) => ({ key, name: label(key), parameters: [{ key: `of_${key}`, label: label(`Of ${key}`), type: 'text', object: null, field: null, operator: 'eq', default: [key], required: false }] })
const sent: { query: string; parameters: Record<string, string[]> }[] = []
let asked: Map<string, (response: Response) => void>

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  asked = new Map()
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    if (request.method === 'POST') {
      sent.push(await request.json() as never)
      return json({ added: 1, again: 0, there: 0, do_not_call: 0, no_number: 0 })
    }
    if (path === '/queries/usable') return json({ items: ['a', 'b'].map((key) => ({ key, name: label(key) })) })
    const found = /^\/queries\/(\w+)\/ready$/.exec(path)
    return found ? new Promise<Response>((done) => asked.set(found[1]!, done)) : json([])
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened() {
  const shown = mount(FillTask, { props: { modelValue: true, task: { id: 't1', name: 'Task' } as CallingTask }, global: { plugins: [i18n, createPinia()], stubs: { teleport: true, transition: true, ElSelect: true } } })
  await flushPromises()
  const choose = async (key: string) => {
    shown.getComponent({ name: 'ElSelect' }).vm.$emit('update:modelValue', key)
    await flushPromises()
  }
  return { shown, choose }
}

it.each([json(ready('a')), json({ error: { code: 'internal', message: 'Broken' } }, 500)])('asks for what the list that is chosen asks for, though another answers after it', async (late) => {
  const { shown, choose } = await opened()
  await choose('a')
  await choose('b')
  asked.get('b')!(json(ready('b')))
  await flushPromises()
  asked.get('a')!(late)
  await flushPromises()
  expect(shown.text()).not.toContain('Broken')
  await shown.get('[data-test="fill-save"]').trigger('click')
  await vi.waitFor(() => expect(sent).toEqual([{ query: 'b', parameters: { of_b: ['b'] } }]))
})
