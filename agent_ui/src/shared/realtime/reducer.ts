/**
 * A room is a map from key to value; a message sets one key, null removes it.
 * snapshot + messages = later snapshot. Pure: the store decides what to do about a gap.
 */
export interface Snapshot { room: string; seq: string; state: Record<string, unknown> }
export interface Change { room: string; seq: string; key: string; value: unknown }
export interface Room { epoch: string; n: number; state: Readonly<Record<string, unknown>> }
export type Step = { kind: 'applied'; room: Room } | { kind: 'old' } | { kind: 'gap' }

function position(seq: string): { epoch: string; n: number } {
  const colon = seq.lastIndexOf(':')
  return { epoch: seq.slice(0, colon), n: Number(seq.slice(colon + 1)) }
}

export const fromSnapshot = (snapshot: Snapshot): Room => ({ ...position(snapshot.seq), state: snapshot.state })

export function applyChange(room: Room | undefined, change: Change): Step {
  const { epoch, n } = position(change.seq)
  if (!room || epoch !== room.epoch) return { kind: 'gap' }
  if (n <= room.n) return { kind: 'old' }
  if (n > room.n + 1) return { kind: 'gap' }
  const state: Record<string, unknown> = { ...room.state }
  if (change.value === null) delete state[change.key]
  else state[change.key] = change.value
  return { kind: 'applied', room: { epoch, n, state } }
}

/** Values of all keys that begin so, e.g. `seat:`. */
export const valuesOf = <T>(room: Room | undefined, prefix: string): T[] =>
  Object.entries(room?.state ?? {})
    .filter(([key]) => key.startsWith(prefix))
    .map(([, value]) => value as T)
