import { expect, it } from 'vitest'
import { blankWaiting, waitingForm, waitingOf, type Waiting } from './waiting'

const both = { 'zh-CN': '坐席全忙。', en: 'All agents are busy.' }
const nowhere = { id: null, number: null, at_once: null, ring_seconds: null, say: null }
const told: Waiting = {
  announce_wait: true, announce_every_seconds: 45, messages: { every_seconds: 20, texts: [both, { prompt: 'p1' }] },
  overflow: { full: { ...nowhere, kind: 'message', say: both }, timeout: { ...nowhere, kind: 'routing_service', id: 'r1' }, unstaffed: { ...nowhere, kind: 'voicemail' }, closed: { ...nowhere, kind: 'hang_up' } },
  offers: { after_seconds: 40, callback: '1', voicemail: '2', number: { key: '3', number: '13800000008', at_once: 2 } },
  agent_number: true, auto_answer: false, survey: { when: 'after', questions: [both] }, schedule_id: 'h1', music: ['p2', 'p1'],
}

it('sends back what was read', () => {
  expect(waitingOf(waitingForm(told))).toEqual(told)
})

it('says nothing where nothing was entered', () => {
  const sent = waitingOf(blankWaiting())
  expect(sent.overflow).toEqual({ full: null, timeout: null, unstaffed: null, closed: null })
  expect(sent.offers).toEqual({ after_seconds: 30, callback: null, voicemail: null, number: null })
  expect([sent.auto_answer, sent.survey, sent.schedule_id, sent.music]).toEqual([null, { when: 'never', questions: [] }, null, []])
})

it('leaves out the number without its key, and the target of who is not led', () => {
  const form = waitingForm(told)
  form.number_key = ''
  form.overflow.full.led = false
  const sent = waitingOf(form)
  expect(sent.offers?.number).toBeNull()
  expect(sent.overflow?.full).toBeNull()
})
