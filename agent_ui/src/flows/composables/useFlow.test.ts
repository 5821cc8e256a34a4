import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { writeFlow } from './definition'
import { choices, flow } from './testing'
import { useFlow, type FlowDesign } from './useFlow'

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const version = (number: number, state: string) => ({ number, state, made_at: '2026-11-27T04:00:00Z', published_at: state === 'draft' ? null : '2026-11-27T04:00:00Z', published_by: null })
const answer = (changes: object = {}) => ({ id: 's1', name: 'Hotline', status: 'enabled', published_version: 1, version: 4, published: { ...version(1, 'published'), definition: writeFlow(flow()) }, draft: null, problems: [], versions: [version(1, 'published')], ...changes })
let scope = effectScope(true)
let design: FlowDesign
let puts: { match: string | null; definition: ReturnType<typeof flow> }[] = []
let onPut: () => Response
let onPost: () => Response

beforeEach(async () => {
  vi.useFakeTimers()
  puts = []
  onPut = () => json(200, answer({ version: 4 + puts.length, draft: { ...version(2, 'draft'), definition: puts.at(-1)?.definition } }))
  onPost = () => json(200, answer({ version: 9, published_version: 2 }))
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'PUT') {
      puts.push({ match: request.headers.get('If-Match'), definition: ((await request.json()) as { definition: ReturnType<typeof flow> }).definition })
      return onPut()
    }
    if (request.method === 'POST') return onPost()
    if (request.url.endsWith('/kinds')) return json(200, { kinds: ['play', 'menu'] })
    if (request.url.endsWith('/s1')) return json(200, answer())
    return json(404, {})
  })
  scope = effectScope(true)
  localStorage.clear()
  design = scope.run(() => useFlow('9001', choices))!
  await design.open('s1')
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('opens with the flow in force where there is no draft, each node with a place', () => {
  expect([design.doc, design.drafted, design.state, Object.keys(design.places).length]).toEqual([flow(), false, 'saved', 6])
})

it('saves a moment after the last change, with the places that are seen', async () => {
  design.add('play', [0, 0])
  await vi.advanceTimersByTimeAsync(600)
  expect([puts.length, puts[0]?.match, puts[0]?.definition.nodes.at(-1)?.id, Object.keys(puts[0]?.definition.layout ?? {}).length, design.drafted]).toEqual([1, '"4"', 'play_1', 7, true])
})

it('puts a node beside the chosen one, which leads to it; undo takes both back', () => {
  design.disconnect([{ node: 'menu', name: 'timeout' }])
  design.select(['menu'])
  design.addBeside('play', [0, 0])
  expect([design.doc?.nodes.find((one) => one.id === 'menu')?.exits.timeout, design.selected]).toEqual(['play_1', ['play_1']])
  while (design.canUndo) design.undo()
  expect([design.doc, design.selected]).toEqual([flow(), []])
})

it('holds moves by the keyboard for one step of undo', () => {
  design.select(['menu'])
  const before = design.places.menu
  for (let n = 0; n < 5; n++) design.nudge(1, 0)
  expect(design.places.menu?.[0]).toBe((before?.[0] ?? 0) + 80)
  design.undo()
  expect(design.places.menu).toEqual(before)
})

it('stops when somebody else was quicker, and saves over theirs when that is wished', async () => {
  onPut = () => json(412, { error: { code: 'stale', message: 'stale' } })
  design.rename('menu', 'Mine')
  await vi.advanceTimersByTimeAsync(600)
  expect([design.state, design.unsaved]).toEqual(['stale', true])
  onPut = () => json(200, answer({ version: 7 }))
  expect(await design.keepOurs()).toBe(true)
  expect(puts.at(-1)?.definition.names.menu).toBe('Mine')
})

it('keeps on this computer what could not be saved, and offers it when the flow is opened again', async () => {
  onPut = () => json(503, { error: { code: 'down', message: 'down' } })
  design.rename('menu', 'Mine')
  await vi.advanceTimersByTimeAsync(600)
  const again = scope.run(() => useFlow('9001', choices))!
  await again.open('s1')
  again.takeKept()
  expect(again.doc?.names.menu).toBe('Mine')
})

it('publishes what is saved; a refusal tells its problems node by node', async () => {
  design.rename('menu', 'Mine')
  expect([await design.publish(), design.answer?.published_version, design.canUndo]).toEqual([true, 2, false])
  onPost = () => json(422, { error: { code: 'flow-invalid', message: 'faults', details: { problems: [{ node: 'agents', code: 'unknown-target', detail: 'x' }] } } })
  expect(await design.publish()).toBe(false)
  expect(design.byNode.get('agents')).toEqual([{ node: 'agents', code: 'unknown-target', detail: 'x' }])
})

it('leaves a draft alone when an older version is put in force again', async () => {
  design.rename('menu', 'Mine')
  await vi.advanceTimersByTimeAsync(600)
  await design.rollBack(1)
  expect([design.doc?.names.menu, design.state]).toEqual(['Mine', 'saved'])
})

it('keeps what was copied for whoever copied it, and for nobody who signs in after them', async () => {
  design.select(['hello'])
  design.copy()
  const other = scope.run(() => useFlow('9002', choices))!
  await other.open('s1')
  other.paste()
  design.paste()
  expect([other.doc?.nodes.length, design.doc?.nodes.length]).toEqual([6, 7])
})

it('takes settings for a node that another hand left without use', () => {
  const cases = [{ when: 'code == 1', exit: 'good' }]
  design.load(flow({ nodes: flow().nodes.map((one) => (one.id === 'known' ? { ...one, settings: { cases: 5 } } : one)) }))
  design.setting('known', { cases })
  expect([design.nodes.get('known')?.settings, design.nodes.get('known')?.exits.otherwise]).toEqual([{ cases }, 'bye'])
})
