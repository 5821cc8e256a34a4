import { expect, it } from 'vitest'
import { marksOf, marksOfCall } from './counts'
import { flow } from './testing'

const counters = { from: '2026-11-29', to: '2026-11-29', nodes: [{ node: 'hello', visits: 5 }, { node: 'menu', visits: 5 }, { node: 'gone since', visits: 9 }], exits: [{ node: 'hello', exit: 'next', times: 5 }, { node: 'menu', exit: '2', times: 3 }, { node: 'menu', exit: 'gone', times: 2 }] }

it('puts a number on every node and line, and who hung up where', () => {
  const marks = marksOf(flow(), counters)
  expect([marks.visits.get('menu'), marks.visits.get('bye'), marks.visits.has('gone since'), marks.left.get('menu')]).toEqual([5, 0, false, 2])
  expect([marks.exits.get('@start/next'), marks.exits.get('menu/2'), marks.exits.get('menu/1')]).toEqual([5, 3, 0])
})

it('does not count as a call what a way back to the beginning brings there', () => {
  const back = flow({ nodes: flow().nodes.map((one) => (one.id === 'menu' ? { ...one, exits: { ...one.exits, invalid: 'hello' } } : one)) })
  expect(marksOf(back, { ...counters, exits: [...counters.exits, { node: 'menu', exit: 'invalid', times: 2 }] }).exits.get('@start/next')).toBe(3)
})

it('shows a call where it is, and the way it came', () => {
  const call = { id: 'c', number: '138****0001', version: 1, since: '', entered_at: '', service: 's1', node: 'menu', path: [{ service: 's1', node: 'hello', exit: 'next' }, { service: 'other', node: 'x', exit: 'next' }] }
  expect([marksOfCall(call, 's1').active, [...marksOfCall(call, 's1').walked], marksOfCall({ ...call, service: 'other' }, 's1').active]).toEqual(['menu', ['@start/next', 'hello/next'], ''])
})
