/** What a new record begins with where that depends on who makes it, and when. The server does the same for what the form leaves empty. */
import { useSession } from '@/session/store'
import type { Field, Me } from '@/shared/api'
import { clock, day } from '@/shared/format'

export interface Maker { user: Pick<Me['user'], 'id' | 'name' | 'employee_code' | 'teams'>; now: number }

const MINUTE = 60_000
const LENGTHS: Record<string, number> = { m: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE }
const PLACE = /\{(\$[^{}]*)\}/g

/** `$now+2h`, `$today-3d`: by how much; 0 without. */
function offset(word: string): number {
  const found = /([+-]\d+)([dhm])$/.exec(word)
  return found ? Number(found[1]) * LENGTHS[found[2]!]! : 0
}
/** Days are those of the calendar, which are not always 24 hours long. */
const dayOf = (word: string, now: number): string => new Date(Date.parse(`${day(now)}T00:00:00Z`) + offset(word)).toISOString().slice(0, 10)
const minute = (at: number): number => Math.floor(at / MINUTE) * MINUTE

function said(word: string, { user, now }: Maker): string {
  if (word === '$me') return user.name
  if (word === '$code') return user.employee_code
  const at = now + offset(word)
  return word.startsWith('$today') ? dayOf(word, now) : `${day(at)} ${clock(at)}`
}

export function begun(field: Field, maker: Maker): string | undefined {
  const { begin } = field
  if (!begin) return undefined
  if (field.type === 'user') return maker.user.id
  if (field.type === 'team') return maker.user.teams[0]?.id
  if (field.type === 'date') return dayOf(begin, maker.now)
  if (field.type === 'datetime') return new Date(minute(maker.now + offset(begin))).toISOString()
  return begin.replace(PLACE, (_whole, word: string) => said(word, maker)).slice(0, field.max_length ?? undefined)
}

/** For whoever is signed in. */
export function begunHere(field: Field): string | undefined {
  const me = field.begin ? useSession().me : null
  return me ? begun(field, { user: me.user, now: Date.now() }) : undefined
}

/** One's own name, and those of one's teams, need not be asked for. */
export function ownName(field: Field, value: unknown): string | undefined {
  const me = useSession().me
  if (field.type === 'user') return value === me?.user.id ? me?.user.name : undefined
  return field.type === 'team' ? me?.user.teams.find((team) => team.id === value)?.name : undefined
}
