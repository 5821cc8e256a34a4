/** How a service's callers are matched, as its form holds it: every part is there at once, and is sent only where it is wanted. */
import type { AgentService } from '@/shared/api'

export type Matching = AgentService['matching']
export type Need = NonNullable<AgentService['members']['skills']>[number]
export interface RingForm { after_seconds: number; needs: Need[] }
export interface Bonus { key: string; steps: number }
export interface MatchingForm {
  rings: RingForm[]
  ageing: boolean; ageing_seconds: number
  numbers: Bonus[]; lists: Bonus[]; field: string; values: Bonus[]
  last_agent: boolean; last_agent_days: number; owner_field: string; prefer_seconds: number
}

export const MOST_RINGS = 10
export const MOST_NEEDS = 10
export const MOST_SKILLS = 50
export const MOST_BONUSES = 50
export const STEP = 2
const NEXT_RING = 30
const USUAL_LEVEL = 5

export const blankMatching = (): MatchingForm => ({
  rings: [], ageing: false, ageing_seconds: 60, numbers: [], lists: [], field: '', values: [], last_agent: false, last_agent_days: 7, owner_field: '', prefer_seconds: 20,
})
export const blankNeed = (skill: string): Need => ({ skill, level: USUAL_LEVEL })
/** The first opens at once, each further one half a minute after the one before. */
export const nextRing = (rings: RingForm[]): RingForm => ({ after_seconds: rings.length ? rings[rings.length - 1]!.after_seconds + NEXT_RING : 0, needs: [] })

export function matchingForm(matching: Matching): MatchingForm {
  const plain = blankMatching()
  const { rings, ageing_seconds, numbers, lists, field, last_agent_days, owner_field, prefer_seconds } = matching
  return {
    rings: (rings ?? []).map((ring) => ({ after_seconds: ring.after_seconds, needs: (ring.needs ?? []).map((need) => ({ ...need })) })),
    ageing: !!ageing_seconds, ageing_seconds: ageing_seconds || plain.ageing_seconds,
    numbers: (numbers ?? []).map((one) => ({ key: one.number, steps: one.steps })), lists: (lists ?? []).map((one) => ({ key: one.list, steps: one.steps })),
    field: field?.name ?? '', values: (field?.values ?? []).map((one) => ({ key: one.value, steps: one.steps })),
    last_agent: !!last_agent_days, last_agent_days: last_agent_days || plain.last_agent_days, owner_field: owner_field ?? '', prefer_seconds: prefer_seconds ?? plain.prefer_seconds,
  }
}

export function matchingOf(form: MatchingForm): Matching {
  const given = (bonuses: Bonus[]) => bonuses.filter((one) => one.key && one.steps)
  const values = given(form.values).map(({ key, steps }) => ({ value: key, steps }))
  return {
    rings: form.rings.map((ring) => ({ after_seconds: ring.after_seconds, needs: ring.needs.filter((need) => need.skill) })),
    ageing_seconds: form.ageing ? form.ageing_seconds : 0,
    numbers: given(form.numbers).map(({ key, steps }) => ({ number: key, steps })), lists: given(form.lists).map(({ key, steps }) => ({ list: key, steps })),
    field: form.field && values.length ? { name: form.field, values } : null,
    last_agent_days: form.last_agent ? form.last_agent_days : 0, owner_field: form.owner_field, prefer_seconds: form.prefer_seconds,
  }
}
