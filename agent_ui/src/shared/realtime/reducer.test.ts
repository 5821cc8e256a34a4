import { describe, expect, it } from 'vitest'
import { applyChange, fromSnapshot, valuesOf, type Change, type Room } from './reducer'

const snapshot = { room: 'agent:1', seq: '1700:4', state: { agent: { state: 'ready' } } }
const change = (n: number, key: string, value: unknown, epoch = '1700'): Change => ({ room: 'agent:1', seq: `${epoch}:${n}`, key, value })
const after = (room: Room, ...changes: Change[]): Room =>
  changes.reduce((current, next) => {
    const step = applyChange(current, next)
    if (step.kind !== 'applied') throw new Error(step.kind)
    return step.room
  }, room)

describe('a room', () => {
  it('is its snapshot plus the messages since', () => {
    const room = after(
      fromSnapshot(snapshot), change(5, 'call:7', { id: '7' }), change(6, 'agent', { state: 'ringing' }), change(7, 'call:7', null),
    )
    expect(room).toEqual(fromSnapshot({ room: 'agent:1', seq: '1700:7', state: { agent: { state: 'ringing' } } }))
  })

  it('ignores what it has already applied', () => {
    expect(applyChange(fromSnapshot(snapshot), change(4, 'agent', { state: 'offline' }))).toEqual({ kind: 'old' })
  })

  it.each([
    ['a number was skipped', change(6, 'agent', null)],
    ['the writer started anew', change(5, 'agent', null, '1800')],
  ])('asks for a snapshot when %s', (_, message) => {
    expect(applyChange(fromSnapshot(snapshot), message)).toEqual({ kind: 'gap' })
  })

  it('asks for a snapshot when it has none', () => {
    expect(applyChange(undefined, change(1, 'agent', {}))).toEqual({ kind: 'gap' })
  })

  it('does not change the state it was given', () => {
    const room = fromSnapshot(snapshot)
    applyChange(room, change(5, 'agent', null))
    expect(room.state).toEqual({ agent: { state: 'ready' } })
  })
})

it('finds the values of a family of keys', () => {
  const room = fromSnapshot({ room: 'wall:1:2', seq: '1:1', state: { 'seat:a': 1, 'seat:b': 2, 'service:c': 3 } })
  expect(valuesOf(room, 'seat:')).toEqual([1, 2])
})
