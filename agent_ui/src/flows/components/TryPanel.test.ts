import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import type { FlowToTry, FlowTried, TrialInFlow, TriedLine } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import { choices, flow } from '../composables/testing'
import type { FlowDesign } from '../composables/useFlow'
import { useTry, walkedOf } from '../composables/useTry'
import type { FlowCall } from '../composables/useTryCall'
import TryPanel from './TryPanel.vue'

const line = (what: TriedLine['what'], node: string, changes: Partial<TriedLine> = {}): TriedLine => ({ what, service: 's1', node, texts: [], text: '', name: '', value: null, exit: '', detail: {}, ...changes })
const HELLO = [line('said', 'hello', { texts: ['Hello'] }), line('left', 'hello', { exit: 'next' }), line('said', 'menu', { texts: ['Choose'] })]
const answer = (changes: Partial<FlowTried>): FlowTried => ({ lines: HELLO, service: 's1', node: 'menu', waits: { what: 'key', maximum: 1, terminator: '', secret: false, exits: [], sets: [] }, variables: {}, used: 0, problems: [], ...changes })
/** Parts that are slow to draw and that no test touches. */
const UNASKED = { ElDatePicker: true, ElSelect: true, PairRows: true, PhoneSelect: true }
const sent: FlowToTry[] = []
let answers: (() => Response)[] = []
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeAll(() => setLocale('en'))
beforeEach(() => {
  sent.length = 0
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push((await request.json()) as FlowToTry)
    return answers.shift()?.() ?? json(answer({}))
  })
})
afterEach(() => vi.unstubAllGlobals())

/** A call over a phone, none of it begun. */
const idle = { phone: '', acts: false, on: false, running: false, busy: false, error: null, trouble: '', answer: null as TrialInFlow | null, begin: vi.fn(), hangUp: vi.fn(), outcome: vi.fn(), stop: vi.fn(), press: vi.fn() }

function panel(phoned: Partial<typeof idle> = {}) {
  const doc = flow()
  const design = reactive({ id: 's1', doc, nodes: new Map(doc.nodes.map((one) => [one.id, one])), nameOf: (id: string) => doc.names[id] ?? id, choices }) as unknown as FlowDesign
  const trial = useTry(design)
  const call = reactive({ ...idle, ...phoned }) as unknown as FlowCall
  return { design, trial, call, shown: mount(TryPanel, { props: { design, trial, call }, global: { plugins: [i18n], stubs: UNASKED } }) }
}
async function press(shown: ReturnType<typeof panel>['shown'], id: string) {
  await shown.get(`[data-test="${id}"]`).trigger('click')
  await flushPromises()
}

it('sends the flow as it stands here, and each key after all that came before', async () => {
  const { shown } = panel()
  await shown.get('input[data-test="try-flow-caller"]').setValue('13800000001')
  answers = [() => json(answer({})), () => json(answer({ used: 1 })), () => json(answer({ used: 2 }))]
  await press(shown, 'try-begin')
  await press(shown, 'try-key-1')
  await press(shown, 'try-silence')
  expect(sent.map((one) => one.entries?.map((entry) => entry.text || entry.act))).toEqual([[], ['1'], ['1', 'silence']])
  expect([sent[0]?.caller, (sent[0]?.definition as { nodes: unknown[] } | undefined)?.nodes.length]).toEqual(['13800000001', 6])
})

it('shows what is said at which node, and marks where the call is and how it came there', async () => {
  const { shown, trial } = panel()
  answers = [() => json(answer({}))]
  await press(shown, 'try-begin')
  expect(shown.findAll('[data-test="try-said"]').map((one) => one.text())).toEqual(['Hello', 'Choose'])
  expect(shown.text()).toContain('Main menu')
  expect([trial.marks.active, [...trial.marks.walked]]).toEqual(['menu', ['@start/next', 'hello/next']])
})

it('asks how things beyond the call turn out, with what they bring', async () => {
  const { shown } = panel()
  answers = [() => json(answer({ waits: { what: 'outcome', maximum: 0, terminator: '', secret: false, exits: ['one', 'none'], sets: ['name'] } }))]
  await press(shown, 'try-begin')
  await shown.get('input[data-test="try-brings-name"]').setValue('Wang')
  await press(shown, 'try-exit-one')
  expect(sent[1]?.entries).toEqual([{ act: 'outcome', text: '', exit: 'one', sets: { name: 'Wang' } }])
})

it('goes back a step, and says how the call ended', async () => {
  const { shown, trial } = panel()
  answers = [() => json(answer({})), () => json(answer({ used: 1, waits: null, node: 'bye', lines: [...HELLO, line('ended', 'bye', { text: 'hang_up' })] }))]
  await press(shown, 'try-begin')
  await press(shown, 'try-key-2')
  expect(shown.get('[data-test="try-ended"]').text()).toBe('The flow hangs up')
  await press(shown, 'try-back')
  expect([trial.entries, sent.at(-1)?.entries]).toEqual([[], []])
})

it('says that the flow has changed since, and that it has faults', async () => {
  const { shown, design } = panel()
  answers = [() => json(answer({})), () => json({ error: { code: 'flow-invalid', message: 'faults', details: {} } }, 422)]
  await press(shown, 'try-begin')
  design.doc = flow({ names: {} })
  await flushPromises()
  await press(shown, 'try-rerun')
  expect(shown.get('[data-test="try-problem"]').text()).toContain('mend the marked nodes')
})

const phoned = (changes: Partial<TrialInFlow>): TrialInFlow => ({ ...answer({}), id: 'c1', by: 'u1', phone: '', state: 'talking', why: '', since: '2026-11-24T08:00:00Z', ...changes })

it('leads a call over a phone: keys go to the phone, what lies beyond is answered here', async () => {
  const { shown, call } = panel({ on: true, running: true, answer: phoned({}) })
  expect(shown.findAll('[data-test="try-said"]').map((one) => one.text())).toEqual(['Hello', 'Choose'])
  await press(shown, 'try-key-1')
  expect(call.press).toHaveBeenCalledWith('1')
  Object.assign(call, { answer: phoned({ waits: { what: 'outcome', maximum: 0, terminator: '', secret: false, exits: ['one'], sets: ['name'] } }) })
  await flushPromises()
  await shown.get('input[data-test="try-brings-name"]').setValue('Wang')
  await press(shown, 'try-exit-one')
  expect(call.outcome).toHaveBeenCalledWith('one', { name: 'Wang' })
  await press(shown, 'call-hang-up')
  expect([vi.mocked(call.hangUp).mock.calls.length, sent]).toEqual([1, []])
})

it('says when nobody picks up, and shows no keys for a phone that is elsewhere', async () => {
  const { shown, call } = panel({ on: true, running: true, phone: '1005', answer: phoned({ phone: '1005', state: 'ringing', lines: [], waits: null }) })
  expect([shown.find('.pad').exists(), shown.get('[data-test="call-state"]').text()]).toEqual([false, 'Ringing'])
  Object.assign(call, { running: false, answer: phoned({ state: 'ended', why: 'no_answer', waits: null }) })
  await flushPromises()
  expect(shown.get('[data-test="try-problem"]').text()).toBe('Nobody picked up.')
})

it('shows the faults of the text, not those of a call before it', async () => {
  const { shown, call } = panel({ trouble: 'phone' })
  vi.mocked(call.stop).mockImplementation(() => void Object.assign(call, { trouble: '' }))
  answers = [() => json({ error: { code: 'flow-invalid', message: 'faults', details: {} } }, 422)]
  await press(shown, 'try-begin')
  expect(shown.get('[data-test="try-problem"]').text()).toContain('mend the marked nodes')
})

it('walks only lines of the flow itself', () => expect([...walkedOf([line('left', 'a', { exit: 'next' }), line('left', 'b', { exit: 'x', service: 'other' })], 's1')]).toEqual(['@start/next', 'a/next']))
