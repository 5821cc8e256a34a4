/** Network quality from getStats: loss, delay and jitter to a mean opinion score (E-model, simplified). */
import type { Quality } from './types'

export interface Reading { received: number; lost: number; jitter: number; roundTrip: number }

/** `jitter` and `roundTrip` in seconds; counters since the start of the call. */
export function readStats(report: RTCStatsReport): Reading {
  const reading: Reading = { received: 0, lost: 0, jitter: 0, roundTrip: 0 }
  report.forEach((entry: Record<string, unknown> & { type: string }) => {
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      reading.received = Number(entry.packetsReceived ?? 0)
      reading.lost = Math.max(0, Number(entry.packetsLost ?? 0))
      reading.jitter = Number(entry.jitter ?? 0)
    }
    if (entry.type === 'remote-inbound-rtp') reading.roundTrip = Math.max(reading.roundTrip, Number(entry.roundTripTime ?? 0))
    if (entry.type === 'candidate-pair' && entry.nominated) {
      reading.roundTrip = Math.max(reading.roundTrip, Number(entry.currentRoundTripTime ?? 0))
    }
  })
  return reading
}

export function meanOpinionScore(delayMs: number, lossPercent: number): number {
  const r0 = delayMs < 160 ? 93.2 - delayMs / 40 : 93.2 - (delayMs - 120) / 10
  const r = Math.max(0, Math.min(100, r0 - 2.5 * lossPercent))
  return Math.max(1, Math.min(4.5, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)))
}

export function rate(before: Reading, now: Reading): Quality {
  const lost = Math.max(0, now.lost - before.lost)
  const expected = Math.max(0, now.received - before.received) + lost
  const loss = expected > 0 ? (lost / expected) * 100 : 0
  const delay = Math.round(now.roundTrip * 1000)
  const mos = meanOpinionScore(delay / 2 + now.jitter * 2000 + 20, loss)
  return { mos: Math.round(mos * 10) / 10, delay, loss, level: mos >= 3.9 ? 'good' : mos >= 3.3 ? 'fair' : 'poor' }
}
