import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { Schedule, ScheduleBody } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import Page from './Schedule.vue'

const OFFICE = [{ begins: '09:00', ends: '18:00' }]
const kept: Schedule = {
  id: 's1', name: 'Office', time_zone: null, follows_holidays: true, workday_as: 'mon', version: 3, emergency: null, now: { open: true, why: 'week', name: '', until: null },
  week: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE, sat: [], sun: [] }, days: [{ first: '2026-12-24', last: '2026-12-24', name: 'Party', periods: [] }],
}
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const refusal = (status: number, fields: Record<string, string[]> = {}) => json({ error: { code: 'invalid', message: 'No', fields, details: {} } }, status)
let refuse: Response | null = null
const previews: ScheduleBody[] = []
const saves: { match: string | null; body: ScheduleBody }[] = []
let shown: ReturnType<typeof mount>

beforeAll(() => setLocale('en'))
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  refuse = null
  previews.length = saves.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.url.endsWith('/preview')) {
      previews.push(((await request.json()) as { schedule: ScheduleBody }).schedule)
      return json({ time_zone: 'Asia/Shanghai', days: [{ date: '2026-11-01', periods: [], why: 'holiday', name: 'Off' }, { date: '2026-11-02', periods: OFFICE, why: 'week', name: '' }] })
    }
    if (request.method === 'GET') return json(kept)
    saves.push({ match: request.headers.get('If-Match'), body: (await request.json()) as ScheduleBody })
    return refuse ?? json({ ...kept, ...saves.at(-1)!.body, version: 4 })
  })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/admin/schedules/:id', component: Page }, { path: '/admin/schedules', component: { template: '<p />' } }] })
  await router.push('/admin/schedules/s1')
  const places = document.createElement('div')
  places.innerHTML = '<div id="page-title"></div><div id="page-tools"></div>'
  document.body.append(places)
  shown = mount(RouterView, { attachTo: document.body, global: { plugins: [i18n, router], stubs: { transition: true } } })
  await settled()
})
afterEach(() => {
  shown.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
async function settled(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await vi.advanceTimersByTimeAsync(0)
    await flushPromises()
  }
}
const waited = async (milliseconds: number) => {
  await vi.advanceTimersByTimeAsync(milliseconds)
  await settled()
}
const save = async () => {
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true }))
  await settled()
}
const type = (test: string, text: string) => shown.get(`[data-test="${test}"]`).setValue(text)

it('shows the month at once, and asks for it once after one has typed', async () => {
  expect(previews).toHaveLength(1)
  expect(shown.get('[data-test="preview-2026-11-01"]').text()).toContain('Off')
  expect(shown.get('[data-test="preview-2026-11-02"]').text()).toContain('09:00–18:00')
  await type('period-mon-0-begins', '7')
  await waited(200)
  await type('period-mon-0-begins', '7:30')
  await waited(299)
  expect(previews).toHaveLength(1)
  await waited(1)
  expect(previews).toHaveLength(2)
  expect(previews[1]!.week.mon).toEqual([{ begins: '07:30', ends: '18:00' }])
  await waited(1000)
  expect(previews).toHaveLength(2)
})

it('says beside its day what the server refuses, and no longer once it is changed', async () => {
  await type('period-tue-0-ends', '8')
  refuse = refusal(422, { 'week.tue': ['These overlap.'], 'days.0.last': ['Too early.'], name: ['Taken.'] })
  await save()
  expect(shown.get('[data-test="day-tue"]').text()).toContain('These overlap.')
  expect(shown.get('[data-test="day-mon"]').text()).not.toContain('These overlap.')
  expect(shown.get('[data-test="special-0"]').text()).toContain('Too early.')
  await type('period-tue-0-ends', '20')
  expect(shown.get('[data-test="day-tue"]').text()).not.toContain('These overlap.')
  expect(shown.get('[data-test="special-0"]').text()).toContain('Too early.')
})

it('says “next day” where a period goes on after midnight', async () => {
  expect(shown.find('[data-test="next-day-mon-0"]').exists()).toBe(false)
  await type('period-mon-0-ends', '02:00')
  expect(shown.get('[data-test="next-day-mon-0"]').text()).toBe('next day')
})

it('saves over what was read and over nothing else', async () => {
  await save()
  expect(saves).toEqual([])
  await type('schedule-name', 'Hotline')
  await save()
  expect(saves).toMatchObject([{ match: '"3"', body: { name: 'Hotline', days: kept.days } }])
  await type('schedule-name', 'Helpline')
  refuse = refusal(412)
  await save()
  expect(saves.at(-1)?.match).toBe('"4"')
  expect(shown.find('[data-test="schedule-stale"]').exists()).toBe(true)
  expect(shown.get<HTMLInputElement>('[data-test="schedule-name"]').element.value).toBe('Helpline')
})
