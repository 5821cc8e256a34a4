import { expect, it } from 'vitest'
import { isRejoining, shownState } from './shownState'

it.each([
  ['ready', null, 'ready'],
  ['wrap_up', null, 'wrap_up'],
  ['reserved', { state: 'ringing', held: false }, 'ringing'],
  ['ready', { state: 'talking', held: false }, 'talking'],
  ['talking', { state: 'talking', held: true }, 'hold'],
  ['consulting', { state: 'talking', held: false }, 'consulting'],
  ['ringing', { state: 'connecting', held: false }, 'ringing'],
] as const)('server %s, phone %o → %s', (server, phone, shown) => expect(shownState(server, phone)).toBe(shown))

it('shows that a call out still rings at the other end, though the own phone is up', () =>
  expect(shownState('ringing', { state: 'talking', held: false }, 'dialling')).toBe('ringing'))

it.each([
  [{ state: 'ringing', autoAnswer: true }, { state: 'connected' }, true],
  [{ state: 'connecting', autoAnswer: true }, { state: 'held' }, true],
  [{ state: 'talking', autoAnswer: true }, { state: 'connected' }, false],
  [{ state: 'ringing', autoAnswer: true }, { state: 'dialling' }, false],
  [{ state: 'ringing', autoAnswer: false }, { state: 'connected' }, false],
  [{ state: 'ringing', autoAnswer: true }, null, false],
] as const)('phone %o with call %o takes a talk back: %s', (phone, call, taken) => expect(isRejoining(phone, call)).toBe(taken))
