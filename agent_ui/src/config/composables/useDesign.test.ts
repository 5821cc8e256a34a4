import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { setFlag } from './operations'
import { document, TYPES } from './testing'
import { useDesign, type Design } from './useDesign'

const fetching = vi.fn<(request: Request) => Promise<Response>>()
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const answer = (changes: object = {}) => ({ identifier: 'order', kind: 'work_order', document: document(), number: 1, version: 4, draft: false, changed_at: '2026-11-27T04:00:00Z', changed_by: null, problems: [], changes: [], publication: null, ...changes })
let scope = effectScope(true)
let design: Design
let puts: { match: string | null; body: { document: ReturnType<typeof document> } }[] = []
let onPut: () => Response = () => json(200, answer({ version: 4 + puts.length }))

beforeEach(async () => {
  vi.useFakeTimers()
  puts = []
  onPut = () => json(200, answer({ version: 4 + puts.length, draft: true }))
  fetching.mockReset().mockImplementation(async (request) => {
    if (request.url.endsWith('/types')) return json(200, TYPES)
    if (request.url.includes('/versions/')) return json(200, { number: 1, document: document(), changes: [], note: '', published_at: '', published_by: null })
    if (request.method === 'PUT') {
      puts.push({ match: request.headers.get('If-Match'), body: (await request.json()) as (typeof puts)[number]['body'] })
      return onPut()
    }
    if (request.url.endsWith('/publish')) return json(409, { error: { code: 'values-lost', message: 'lost', details: { losses: [{ what: 'not_convertible', field: 'due', label: {}, records: 2, samples: [] }] } } })
    return json(200, answer())
  })
  vi.stubGlobal('fetch', fetching)
  scope = effectScope(true)
  localStorage.clear()
  design = scope.run(() => useDesign('9001'))!
  await design.open('order')
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const require = (key: string, on = true) => design.apply((doc) => setFlag(doc, key, 'required', on))

it('opens with the published fields known', () => {
  expect([design.field, [...design.published.keys()], design.state]).toEqual(['number', ['number', 'subject', 'status', 'due'], 'saved'])
})

it('saves a moment after the last change, against the version it last heard of', async () => {
  require('due')
  await vi.advanceTimersByTimeAsync(400)
  require('subject')
  await vi.advanceTimersByTimeAsync(599)
  expect(puts).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect([puts.map((put) => put.match), design.state]).toEqual([['"4"'], 'saved'])
  require('status')
  await vi.advanceTimersByTimeAsync(600)
  expect(puts.map((put) => put.match)).toEqual(['"4"', '"5"'])
})

it('undoes and redoes, and saves that too', async () => {
  require('due')
  design.undo()
  expect(design.doc).toEqual(document())
  design.redo()
  await vi.advanceTimersByTimeAsync(600)
  expect(puts[0]?.body.document.groups[1]?.fields[1]?.required).toBe(true)
  expect([design.canUndo, design.canRedo]).toEqual([true, false])
})

it('keeps what was typed when saving fails, and tries again', async () => {
  onPut = () => json(503, { error: { code: 'down', message: 'down' } })
  require('due')
  await vi.advanceTimersByTimeAsync(600)
  expect([design.state, design.failure?.code, design.unsaved]).toEqual(['failed', 'down', true])
  onPut = () => json(200, answer({ version: 9 }))
  await vi.advanceTimersByTimeAsync(8000)
  expect([design.state, puts.length]).toEqual(['saved', 2])
})

it('stops when somebody else was quicker; theirs can be had, and ours back', async () => {
  onPut = () => json(412, { error: { code: 'stale', message: 'stale' } })
  require('due')
  await vi.advanceTimersByTimeAsync(600)
  require('subject')
  await vi.advanceTimersByTimeAsync(2000)
  expect([design.state, puts.length]).toEqual(['stale', 1])
  await design.takeTheirs()
  expect([design.state, design.doc]).toEqual(['saved', document()])
  onPut = () => json(200, answer({ version: 9 }))
  design.undo()
  expect(design.doc?.groups[1]?.fields[1]?.required).toBe(true)
})

it('offers what could not be saved when the object is opened again', async () => {
  onPut = () => json(503, { error: { code: 'down', message: 'down' } })
  require('due')
  await vi.advanceTimersByTimeAsync(600)
  const again = scope.run(() => useDesign('9001'))!
  await again.open('order')
  expect([again.doc, again.state]).toEqual([document(), 'saved'])
  onPut = () => json(200, answer({ version: 9 }))
  again.takeKept()
  await vi.advanceTimersByTimeAsync(600)
  expect([again.doc?.groups[1]?.fields[1]?.required, again.state, localStorage.length]).toEqual([true, 'saved', 0])
})

it('saves ours over theirs when that is asked for', async () => {
  onPut = () => json(412, { error: { code: 'stale', message: 'stale' } })
  require('due')
  await vi.advanceTimersByTimeAsync(600)
  onPut = () => json(200, answer({ version: 9 }))
  expect(await design.keepOurs()).toBe(true)
  expect([design.state, puts.at(-1)?.body.document.groups[1]?.fields[1]?.required]).toEqual(['saved', true])
})

it('tells what a publication would lose', async () => {
  expect(await design.publish('', false)).toBe(false)
  expect(design.losses.map((loss) => loss.field)).toEqual(['due'])
})

it('follows a key that is renamed', async () => {
  design.choose('due')
  design.rename('due', 'due_at')
  expect([design.field, design.chosen?.key, design.doc?.links.due]).toEqual(['due_at', 'due_at', 'due_at'])
  design.undo()
  expect(design.field).toBe('due')
})

it('watches a publication until the worker has ended it', async () => {
  const told = (changes: object) => ({ state: 'running', done: 0, total: 9, problem: null, ...changes })
  const answers = [answer({ draft: true, publication: told({ done: 4 }) }), answer({ number: 2, version: 5 })]
  fetching.mockImplementation(async (request) => {
    if (request.url.includes('/versions/')) return json(200, { number: 1, document: document(), changes: [], note: '', published_at: '', published_by: null })
    if (request.method === 'POST') return json(200, answer({ draft: true, publication: told({ state: 'queued' }) }))
    return json(200, answers.shift())
  })
  expect(await design.publish('', false)).toBe(true)
  expect([design.publishing, design.publication?.state]).toEqual([true, 'queued'])
  await vi.advanceTimersByTimeAsync(1000)
  expect(design.publication?.done).toBe(4)
  await vi.advanceTimersByTimeAsync(1000)
  expect([design.publishing, design.number]).toEqual([false, 2])
})

it('a draft that its problems let nobody read is not called unchanged', async () => {
  expect(design.unreadable).toBe(false)
  onPut = () => json(200, answer({ version: 5, draft: true, problems: [{ path: 'triggers.0', message: 'Needed' }] }))
  require('due')
  await design.save()
  expect([design.changes, design.unreadable]).toEqual([[], true])
  onPut = () => json(200, answer({ version: 6, number: 0, draft: true, problems: [{ path: 'triggers.0', message: 'Needed' }] }))
  require('due', false)
  await design.save()
  expect(design.unreadable).toBe(false)
})
