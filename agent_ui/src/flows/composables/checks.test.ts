import { expect, it } from 'vitest'
import { exitsOf, lacksOf, setsOf } from '../nodes'
import { problemsHere, together } from './checks'
import { changesOf } from './diff'
import { disconnect, removeNodes } from './edits'
import { flow, node } from './testing'
import { variablesAt } from './variables'

const here = (of = flow()) => problemsHere(of, { exits: exitsOf, lacks: lacksOf })

it('finds nothing in a flow that is whole', () => expect(here()).toEqual([]))

it('finds at once what leads nowhere, what is not reached and what is not filled', () => {
  const broken = flow({ nodes: [...disconnect(flow(), [{ node: 'menu', name: '1' }]).nodes, node('new', 'play', { prompts: [] })] })
  expect(here(broken).map((one) => `${one.node} ${one.code} ${one.detail}`.trim())).toEqual(['menu missing-exit 1', 'code unreachable', 'known unreachable', 'new lacking prompts', 'new missing-exit next', 'new unreachable'])
})

it('takes from the server only what cannot be seen here, of nodes that are still there', () => {
  const told = [{ node: 'menu', code: 'missing-exit', detail: '1' }, { node: 'gone', code: 'unknown-target', detail: '' }, { node: 'agents', code: 'unknown-target', detail: 'x' }, { node: 'new', code: 'bad-setting', detail: 'prompts' }, { node: '', code: 'unreadable', detail: '' }]
  const lacking = [{ node: 'new', code: 'lacking', detail: 'prompts' }]
  const of = flow({ nodes: [...flow().nodes, node('new', 'play')] })
  expect(together(of, lacking, told)).toEqual([...lacking, told[2], told[4]])
})

it('tells what a draft changes, and that moving a node is no change', () => {
  const moved = flow({ layout: { hello: [9, 9] } })
  expect(changesOf(flow(), moved)).toEqual([])
  const next = removeNodes({ ...flow({ names: { menu: 'Menu' } }), start: 'menu', nodes: [...flow().nodes, node('new', 'play')] }, ['bye'])
  expect(changesOf(flow(), next).map((one) => `${one.what} ${one.node}`.trim())).toEqual(['start', 'ways menu', 'renamed menu', 'ways code', 'ways known', 'added new', 'removed bye'])
  expect(changesOf(null, flow())).toHaveLength(6)
})

it('does not take another order of the same settings for a change', () => {
  const [first, ...rest] = flow().nodes
  const turned = { ...first!, settings: Object.fromEntries(Object.entries({ interruptible: true, ...first!.settings }).reverse()) }
  const straight = { ...first!, settings: { interruptible: true, ...first!.settings } }
  expect(changesOf(flow({ nodes: [straight, ...rest] }), flow({ nodes: [turned, ...rest] }))).toEqual([])
})

it('offers the variables that some way to a node has set', () => {
  expect(variablesAt(flow(), 'known', setsOf)).toEqual([{ name: 'code', from: ['code'] }])
  expect(variablesAt(flow(), 'menu', setsOf)).toEqual([])
  const ring = flow({ nodes: flow().nodes.map((one) => (one.id === 'known' ? { ...one, exits: { good: 'agents', otherwise: 'menu' } } : one)) })
  expect(variablesAt(ring, 'menu', setsOf)).toEqual([{ name: 'code', from: ['code'] }])
})
