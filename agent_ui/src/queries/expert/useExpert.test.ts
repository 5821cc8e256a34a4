import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useExpert } from './useExpert'

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const texts = { select: 'name', source: 'client', where: '', group: '', having: '', order: '' }
const kept = { key: 'one', name: { 'zh-CN': '一', en: 'One' }, roles: [], active: true, version: 1, document: { kind: 'expert', texts, parameters: [], columns: [], page_size: 20 } }
let page: ReturnType<typeof mount>
let answer: (() => void)[]

beforeEach(() => {
  answer = []
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'GET') return request.url.endsWith('/objects') ? json({ items: [], functions: [] }) : json(kept)
    const body = await request.json() as object
    await new Promise<void>((done) => answer.push(done))
    return json({ ...kept, ...body, version: 2 })
  })
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})
async function opened() {
  let expert!: ReturnType<typeof useExpert>
  page = mount(defineComponent({
    setup() {
      expert = useExpert('one')
      return () => h('p')
    },
  }))
  await expert.load()
  return expert
}
async function saved(expert: ReturnType<typeof useExpert>, meanwhile: () => void): Promise<void> {
  expert.work.document.texts.where = 'age > 1'
  const saving = expert.save()
  await flushPromises()
  await vi.waitFor(() => expect(answer).toHaveLength(1))
  meanwhile()
  answer[0]!()
  await saving
}

it('is as the server has it when it is saved', async () => {
  const expert = await opened()
  await saved(expert, () => {})
  expect([expert.dirty, expert.saved?.version, expert.work.document.texts.where]).toEqual([false, 2, 'age > 1'])
})

it('is kept as a report, where it is one', async () => {
  const expert = await opened()
  const report = { category: { 'zh-CN': '服务', en: 'Service' }, description: { 'zh-CN': '', en: '' } }
  expert.work.report = report
  await saved(expert, () => {})
  expect([expert.saved?.report, expert.work.report]).toEqual([report, report])
})

it('keeps what is typed while it is being saved, and knows that this is not saved', async () => {
  const expert = await opened()
  await saved(expert, () => (expert.work.document.texts.where = 'age > 12'))
  expect([expert.dirty, expert.saved?.version, expert.work.document.texts.where]).toEqual([true, 2, 'age > 12'])
})
