import { expect, it } from 'vitest'
import { exitsOf, KINDS, lacksOf, settingsOf, summaryOf } from '../nodes'
import { nodeIn, readFlow, writeFlow } from './definition'
import * as edits from './edits'
import { linesOf, START } from './graph'
import { choices, flow, node } from './testing'

it('reads what it wrote, and makes a flow of what is none', () => {
  const drawn = flow({ layout: { hello: [0, -16] } })
  expect(readFlow(JSON.parse(JSON.stringify(writeFlow(drawn))))).toEqual(drawn)
  expect(readFlow({ nodes: [1, { id: 'a', kind: 'play', exits: { next: 3 } }], layout: { a: ['x'] } })).toEqual({ start: '', languages: ['zh-CN'], layout: {}, names: {}, nodes: [node('a', 'play')] })
  expect(readFlow(null).nodes).toEqual([])
})

it('takes a node away with all that leads to it, its place and its name', () => {
  const left = edits.removeNodes(flow({ layout: { menu: [1, 1] } }), ['menu'])
  expect([nodeIn(left, 'menu'), nodeIn(left, 'hello')?.exits, left.layout, left.names]).toEqual([undefined, {}, {}, {}])
})

it('begins with another node when the first is taken away, and with the first that is added', () => {
  expect(edits.removeNodes(flow(), ['hello']).start).toBe('menu')
  const empty = edits.removeNodes(flow(), flow().nodes.map((one) => one.id))
  expect([empty.start, edits.addNode(empty, node('a', 'play'), [0, 0]).start]).toEqual(['', 'a'])
})

it('joins and parts nodes; to nowhere it joins nothing', () => {
  expect(nodeIn(edits.connect(flow(), { node: 'hello', name: 'next' }, 'bye'), 'hello')?.exits).toEqual({ next: 'bye' })
  const same = flow()
  expect(edits.connect(same, { node: 'hello', name: 'next' }, 'nowhere')).toBe(same)
  expect(nodeIn(edits.disconnect(flow(), [{ node: 'menu', name: 'timeout' }]), 'menu')?.exits).not.toHaveProperty('timeout')
})

it('keeps the ways of a menu whose keys change, and lets go those of keys that are gone', () => {
  const menu = nodeIn(flow(), 'menu')!
  const more = edits.settle(flow(), 'menu', { ...menu.settings, keys: ['1', '2', '3'] }, exitsOf)
  expect(nodeIn(more, 'menu')?.exits).toEqual(menu.exits)
  const fewer = edits.settle(flow(), 'menu', { ...menu.settings, keys: ['2'] }, exitsOf)
  expect(nodeIn(fewer, 'menu')?.exits).toEqual({ 2: 'agents', timeout: 'bye', invalid: 'menu' })
})

it('keeps the way of a case that is called otherwise', () => {
  const renamed = edits.settle(flow(), 'known', { cases: [{ when: 'code == 1234', exit: 'very good' }] }, exitsOf)
  expect(nodeIn(renamed, 'known')?.exits).toEqual({ 'very good': 'agents', otherwise: 'bye' })
})

it('copies nodes with the ways among them, under ids of their own', () => {
  const clip = edits.copy(flow({ layout: { hello: [0, 0], menu: [300, 0] } }), ['hello', 'menu'])
  const { flow: more, ids } = edits.paste(flow(), clip, [48, 48])
  expect(ids).toEqual(['play_1', 'menu_1'])
  expect([nodeIn(more, 'play_1')?.exits, nodeIn(more, 'menu_1')?.exits, more.layout.menu_1, more.names.menu_1]).toEqual([{ next: 'menu_1' }, { invalid: 'menu_1' }, [348, 48], 'Main menu'])
  expect(edits.paste(more, clip, [48, 48]).ids).toEqual(['play_2', 'menu_2'])
})

it('does not change what stays as it is', () => {
  const same = flow({ layout: { hello: [1, 2] } })
  expect([edits.place(same, { hello: [1, 2] }), edits.rename(same, 'menu', 'Main menu'), edits.startAt(same, 'hello'), edits.removeNodes(same, ['none']), edits.speak(same, ['zh-CN', 'en']), edits.settle(same, 'bye', {}, exitsOf)].every((one) => one === same)).toBe(true)
})

it('draws a line for each way that leads somewhere, and one from where calls come in', () => {
  const lines = linesOf(edits.disconnect(flow(), [{ node: 'menu', name: 'timeout' }]))
  expect(lines.map((one) => one.id)).toEqual([`${START}/next`, 'hello/next', 'menu/1', 'menu/2', 'menu/invalid', 'code/collected', 'code/timeout', 'code/invalid', 'known/good', 'known/otherwise'])
})

it('has for every kind a new node whose ways are those of its settings', () => {
  for (const [kind, known] of KINDS) expect([kind, exitsOf(node('a', kind, known.blank())).length >= 0, known.form !== undefined]).toEqual([kind, true, true])
})

it('draws a node that lacks settings, or has others than its kind, by those of a new one', () => {
  for (const [kind, known] of KINDS) {
    const bare = node('a', kind)
    const needed = Object.entries(known.blank()).filter(([key]) => !known.optional?.includes(key))
    expect([kind, settingsOf(bare)]).toEqual([kind, Object.fromEntries(needed)])
    const [drawn, said] = [exitsOf(bare), summaryOf(bare, choices)]
    expect([Array.isArray(drawn), typeof said]).toEqual([true, 'string'])
    lacksOf(bare)
  }
  expect(settingsOf(node('a', 'condition', { cases: 5 })).cases).toHaveLength(1)
})

it('puts no default of a new node beside what another holds in its place, or leaves to the server', () => {
  const kept = [
    node('a', 'set_variable', { name: 'n', template: 'code {code}' }), node('a', 'set_variable', { name: 'n', value: 5 }), node('a', 'set_variable', { name: 'n', value: true }),
    node('a', 'http', { method: 'GET', url: 'https://erp.example.com/', reads: {} }), node('a', 'menu', { prompts: [], keys: ['1'] }), node('a', 'verify', { prompts: [], field: 'pin' }),
    node('a', 'collect', { prompts: [], variable: 'code', maximum: 4 }), node('a', 'record', { prompts: [], target: 's1' }), node('a', 'play', { prompts: [] }),
  ]
  for (const one of kept) expect(settingsOf(one)).toEqual(one.settings)
})

it('changes a node whose settings were of no use', () => {
  const broken = flow({ nodes: [node('a', 'condition', { cases: 5 }), node('b', 'condition')] })
  const cases = [{ when: 'code == 1', exit: 'good' }]
  expect(['a', 'b'].map((id) => nodeIn(edits.settle(broken, id, { cases }, exitsOf), id)?.settings)).toEqual([{ cases }, { cases }])
})
