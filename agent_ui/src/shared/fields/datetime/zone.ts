/** Wall time of the enterprise's zone ↔ instant in UTC. */
import { clock, day } from '@/shared/format'

export const fromInstant = (instant: string | null): string | null => (instant ? `${day(instant)} ${clock(instant)}` : null)

export function toInstant(wall: string | null): string | null {
  if (!wall) return null
  const asUtc = Date.parse(`${wall.replace(' ', 'T')}:00Z`)
  const shown = Date.parse(`${fromInstant(new Date(asUtc).toISOString())?.replace(' ', 'T')}:00Z`)
  return new Date(asUtc - (shown - asUtc)).toISOString()
}
