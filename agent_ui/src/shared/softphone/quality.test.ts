import { describe, expect, it } from 'vitest'
import { rate, readStats, type Reading } from './quality'

const start: Reading = { received: 0, lost: 0, jitter: 0, roundTrip: 0 }
const at = (received: number, lost: number, jitter: number, roundTrip: number): Reading => ({ received, lost, jitter, roundTrip })

describe('network quality', () => {
  it('is good on a quiet line', () => expect(rate(start, at(100, 0, 0.002, 0.04)).level).toBe('good'))
  it('is fair when one packet in ten is lost', () => expect(rate(start, at(90, 10, 0.01, 0.08)).level).toBe('fair'))
  it('is poor when one packet in four is lost', () => expect(rate(start, at(75, 25, 0.01, 0.08)).level).toBe('poor'))
  it('judges the last interval, not the whole call', () => {
    expect(rate(at(1000, 200, 0, 0.04), at(1100, 200, 0, 0.04)).loss).toBe(0)
  })
})

it('reads the audio stream and the round trip', () => {
  const report = new Map([
    ['a', { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50, packetsLost: 2, jitter: 0.003 }],
    ['b', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.042 }],
  ]) as unknown as RTCStatsReport
  expect(readStats(report)).toEqual({ received: 50, lost: 2, jitter: 0.003, roundTrip: 0.042 })
})
