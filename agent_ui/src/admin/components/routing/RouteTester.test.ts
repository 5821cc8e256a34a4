import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import type { CallToTry, RoutingRules } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import { formOf, type RoutesForm } from '../../composables/routes'
import type { RouteChoices } from '../../composables/useRouteChoices'
import RouteTester from './RouteTester.vue'

const document: RoutingRules = {
  rules: [
    { name: 'Closed', tests: [{ kind: 'schedule', id: 's1', negated: true }, { kind: 'list', id: 'l1' }], target: { kind: 'hang_up' } },
    { name: 'Busy', tests: [{ kind: 'load', id: 'a1', measure: 'waiting', at_least: '5' }], target: { kind: 'agent_service', id: 'a1' } },
    { name: 'Some', tests: [{ kind: 'share', percent: 30 }, { kind: 'entered', name: 'key', values: ['1'] }], target: { kind: 'hang_up' } },
  ],
  otherwise: { kind: 'hang_up' },
}
const tried = {
  closed: false,
  target: { kind: 'agent_service', id: 'a1' }, place: 1, caller: '13800000001', at: '2026-11-24T04:00:00Z',
  steps: [{ place: 0, held: false, full: false, answers: [{ held: false, seen: 'open' }, { held: null, seen: '' }] }, { place: 1, held: true, full: false, answers: [{ held: true, seen: '6' }] }],
}
const choices = { nameOf: (_kind: string, id: string) => ({ s1: 'Office', l1: 'VIP', a1: 'Sales' })[id] ?? '', field: () => undefined, numbers: [], options: () => [], fields: [] } as unknown as RouteChoices
const sent: CallToTry[] = []
let answer: () => Response
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  answer = () => json(tried)
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push((await request.json()) as CallToTry)
    return answer()
  })
})
afterEach(() => vi.unstubAllGlobals())

async function tester(of = document) {
  const form = reactive<RoutesForm>(formOf('x', of))
  const shown = mount(RouteTester, { props: { form, choices }, global: { plugins: [i18n] } })
  await flushPromises()
  return { form, shown }
}
async function run(shown: Awaited<ReturnType<typeof tester>>['shown']) {
  await shown.get('[data-test="try-run"]').trigger('click')
  await flushPromises()
}

it('tries the rules as they stand here, with what they ask of whoever tries', async () => {
  const { shown } = await tester()
  await shown.get('input[data-test="try-caller"]').setValue('138 0000 0001')
  await shown.get('input[data-test="try-entered-key"]').setValue('1')
  await run(shown)
  expect(sent[0]).toMatchObject({ caller: '138 0000 0001', called: '', at: null, lot: 0, entered: { key: '1' }, queues: [{ service: 'a1', waiting: 0, ready: 1, longest_wait: 0 }] })
  expect(sent[0]?.document.rules).toHaveLength(3)
})

it('shows where the call goes, and each step down to there', async () => {
  const { shown } = await tester()
  await run(shown)
  expect(shown.get('[data-test="try-target"]').text()).toBe('Agent service “Sales”')
  expect(shown.get('[data-test="try-step-0"]').text()).toMatch(/1\. Closed.*does not hold.*outside “Office”.*found within.*does not hold.*on the list “VIP”.*unknown/s)
  expect(shown.get('[data-test="try-step-1"]').text()).toMatch(/2\. Busy.*holds.*found 6/s)
  expect(shown.get('[data-test="try-step-2"]').classes()).toContain('off')
  expect(shown.get('[data-test="try-step-2"]').text()).toContain('not reached')
})

it('says that the service which has the call is closed then', async () => {
  const { shown } = await tester()
  await run(shown)
  expect(shown.find('[data-test="try-closed"]').exists()).toBe(false)
  answer = () => json({ ...tried, closed: true })
  await run(shown)
  expect(shown.get('[data-test="try-closed"]').text()).toContain('closed at that time')
})

it('says so when the rules have changed since', async () => {
  const { form, shown } = await tester()
  await run(shown)
  expect(shown.find('[data-test="try-stale"]').exists()).toBe(false)
  form.rules.pop()
  await flushPromises()
  expect(shown.find('[data-test="try-stale"]').exists()).toBe(true)
})

it('asks for a lot only where there are shares, and hands on what the server refuses', async () => {
  const { shown } = await tester({ ...document, rules: [] })
  expect(shown.find('[data-test="try-lot"]').exists()).toBe(false)
  answer = () => json({ error: { code: 'invalid', message: 'No.', fields: { 'document.otherwise.id': ['Gone.'] } } }, 422)
  await run(shown)
  expect(shown.get('[role="alert"]').text()).toBe('The rules cannot be tried yet; see those marked red.')
  expect(shown.emitted('refused')?.[0]?.[0]).toMatchObject({ status: 422 })
})
