import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Holder, type Holdable } from './hold'

/** As JsSIP does it: one re-INVITE at a time, the state changes as it is sent. */
class Session implements Holdable {
  held = false
  ended = false
  sent: string[] = []
  private pending: (() => void) | null = null
  theirs = false

  isEnded = () => this.ended
  isOnHold = () => ({ local: this.held })
  hold = (_: object, done: () => void) => this.send('hold', true, done)
  unhold = (_: object, done: () => void) => this.send('unhold', false, done)
  answered(): void {
    const done = this.pending
    this.pending = null
    done?.()
  }
  private send(what: string, held: boolean, done: () => void): boolean {
    if (this.pending || this.theirs) return false
    this.sent.push(what)
    this.held = held
    this.pending = done
    return true
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('resumes after the hold that is still on its way', () => {
  const session = new Session()
  const holder = new Holder(session)
  holder.want(true)
  holder.want(false)
  expect(session.sent).toEqual(['hold'])
  session.answered()
  expect(session.sent).toEqual(['hold', 'unhold'])
  session.answered()
  vi.runAllTimers()
  expect(session.sent).toEqual(['hold', 'unhold'])
})

it('does nothing twice when three presses end where they began', () => {
  const session = new Session()
  const holder = new Holder(session)
  holder.want(true)
  holder.want(false)
  holder.want(true)
  session.answered()
  vi.runAllTimers()
  expect(session.sent).toEqual(['hold'])
  expect(session.held).toBe(true)
})

it('waits for a re-INVITE of the other side', () => {
  const session = new Session()
  session.theirs = true
  new Holder(session).want(true)
  expect(session.sent).toEqual([])
  session.theirs = false
  vi.advanceTimersByTime(100)
  expect(session.sent).toEqual(['hold'])
})

it('gives up when the call is over', () => {
  const session = new Session()
  session.theirs = true
  new Holder(session).want(true)
  session.ended = true
  session.theirs = false
  vi.runAllTimers()
  expect(session.sent).toEqual([])
})
