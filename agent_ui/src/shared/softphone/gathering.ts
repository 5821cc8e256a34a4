/** When an answer may leave. Gathering to the end would cost 120 ms of each; leaving too early costs the sound. */

interface Gathered {
  candidate: { protocol: string | null }
  ready: () => void
}

/** The UDP candidates of all networks, IPv4 and IPv6, come within a few milliseconds of each other. */
const SETTLE_MS = 20

/**
 * Asterisk takes no TCP candidates: with an answer that has nothing else there is silence on both sides.
 * Chromium mostly tells of UDP first, but not always.
 */
export function leaveWithUdp(): (gathered: Gathered) => void {
  let settling: ReturnType<typeof setTimeout> | undefined
  return ({ candidate, ready }) => {
    if (candidate.protocol === 'udp') settling ??= setTimeout(ready, SETTLE_MS)
  }
}
