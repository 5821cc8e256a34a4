import { expect, it } from 'vitest'
import { blankMatching, matchingForm, matchingOf, nextRing, type Matching } from './matching'

const told: Matching = {
  ageing_seconds: 45, rings: [{ after_seconds: 0, needs: [{ skill: 's1', level: 7 }] }, { after_seconds: 30, needs: [] }],
  numbers: [{ number: '02160000001', steps: 2 }], lists: [{ list: 'l1', steps: -3 }], field: { name: 'level', values: [{ value: 'gold', steps: 3 }] },
  last_agent_days: 14, owner_field: 'owner', prefer_seconds: 15,
}

it('sends back what was read', () => {
  expect(matchingOf(matchingForm(told))).toEqual(told)
})

it('asks for nothing where nothing was entered', () => {
  expect(matchingOf(blankMatching())).toEqual({ ageing_seconds: 0, rings: [], numbers: [], lists: [], field: null, last_agent_days: 0, owner_field: '', prefer_seconds: 20 })
})

it('leaves out what was begun and not chosen, and what was switched off', () => {
  const form = matchingForm(told)
  form.rings[0]!.needs.push({ skill: '', level: 5 })
  form.numbers.push({ key: '', steps: 2 }, { key: '400', steps: 0 })
  form.values = []
  form.ageing = form.last_agent = false
  const sent = matchingOf(form)
  expect(sent.rings).toEqual(told.rings)
  expect(sent.numbers).toEqual(told.numbers)
  expect([sent.field, sent.ageing_seconds, sent.last_agent_days]).toEqual([null, 0, 0])
})

it('changes nothing of what was read while it is edited', () => {
  const form = matchingForm(told)
  form.rings[0]!.needs[0]!.level = 1
  expect(told.rings?.[0]?.needs?.[0]?.level).toBe(7)
})

it('opens the first ring at once and each further one later', () => {
  expect(nextRing([]).after_seconds).toBe(0)
  expect(nextRing([{ after_seconds: 0, needs: [] }, { after_seconds: 40, needs: [] }]).after_seconds).toBe(70)
})
