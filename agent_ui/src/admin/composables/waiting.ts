/** What a service says to those who wait, as its form holds it: every part is there at once, and is sent only where it is wanted. */
import type { AgentService, OverflowTarget } from '@/shared/api'
import { blankTarget, targetForm, targetOf, type TargetForm } from './routes'

export type Waiting = AgentService['waiting']
export type Overflow = 'full' | 'timeout' | 'unstaffed' | 'closed'
export const OVERFLOWS = ['full', 'timeout', 'unstaffed', 'closed'] as const satisfies readonly Overflow[]
export const OVERFLOW_KINDS = ['agent_service', 'ivr_service', 'routing_service', 'seat', 'extension', 'conference', 'number', 'voicemail', 'message', 'hang_up'] as const satisfies readonly OverflowTarget['kind'][]
export const SURVEYS = ['never', 'after', 'transfer'] as const
export const AUTO_ANSWERS = ['seat', 'yes', 'no'] as const
export const KEYS = [...'1234567890']
export const MOST_TEXTS = 10
export const MOST_QUESTIONS = 3

export const MOST_MUSIC = 20

/** prompt: the id of a recording that is heard instead of the texts; empty where one is still to be chosen. */
export interface TextForm { zh: string; en: string; prompt?: string }
export interface WaitingForm {
  announce_wait: boolean; announce_every_seconds: number
  every_seconds: number; texts: TextForm[]
  overflow: Record<Overflow, { led: boolean; target: TargetForm }>
  after_seconds: number; callback: string; voicemail: string; number_key: string; number: string; number_at_once: number | null
  agent_number: boolean; auto_answer: (typeof AUTO_ANSWERS)[number]
  survey: (typeof SURVEYS)[number]; questions: TextForm[]
  schedule_id: string | null; music: string[]
}

export const blankText = (): TextForm => ({ zh: '', en: '' })
const unled = () => ({ led: false, target: blankTarget() })
export const blankWaiting = (): WaitingForm => ({
  announce_wait: false, announce_every_seconds: 30, every_seconds: 60, texts: [], overflow: { full: unled(), timeout: unled(), unstaffed: unled(), closed: unled() },
  after_seconds: 30, callback: '', voicemail: '', number_key: '', number: '', number_at_once: null, agent_number: false, auto_answer: 'seat', survey: 'never', questions: [], schedule_id: null, music: [],
})

type Texts = Record<string, string>
const textForm = (texts: Texts): TextForm => ({ zh: texts['zh-CN'] ?? '', en: texts.en ?? '', ...(texts.prompt && { prompt: texts.prompt }) })
const textOf = (form: TextForm): Texts => (form.prompt == null ? { 'zh-CN': form.zh.trim(), en: form.en.trim() } : { prompt: form.prompt })
const overflowForm = (target: OverflowTarget | null | undefined) => (target ? { led: true, target: targetForm(target) } : unled())

export function waitingForm(waiting: Waiting): WaitingForm {
  const plain = blankWaiting()
  const { messages, overflow, offers, survey } = waiting
  return {
    announce_wait: waiting.announce_wait ?? plain.announce_wait, announce_every_seconds: waiting.announce_every_seconds ?? plain.announce_every_seconds,
    every_seconds: messages?.every_seconds ?? plain.every_seconds, texts: (messages?.texts ?? []).map(textForm),
    overflow: { full: overflowForm(overflow?.full), timeout: overflowForm(overflow?.timeout), unstaffed: overflowForm(overflow?.unstaffed), closed: overflowForm(overflow?.closed) },
    after_seconds: offers?.after_seconds ?? plain.after_seconds, callback: offers?.callback ?? '', voicemail: offers?.voicemail ?? '', number_key: offers?.number?.key ?? '', number: offers?.number?.number ?? '', number_at_once: offers?.number?.at_once ?? null,
    agent_number: waiting.agent_number ?? plain.agent_number, auto_answer: waiting.auto_answer == null ? 'seat' : waiting.auto_answer ? 'yes' : 'no',
    survey: survey?.when ?? plain.survey, questions: (survey?.questions ?? []).map(textForm),
    schedule_id: waiting.schedule_id ?? null, music: [...(waiting.music ?? [])],
  }
}

export function waitingOf(form: WaitingForm): Waiting {
  const led = (name: Overflow) => (form.overflow[name].led ? targetOf(form.overflow[name].target) as OverflowTarget : null)
  const key = form.number_key as NonNullable<NonNullable<Waiting['offers']>['number']>['key'] | ''
  const offered = (one: string) => (one || null) as typeof key | null
  return {
    announce_wait: form.announce_wait, announce_every_seconds: form.announce_every_seconds,
    messages: { every_seconds: form.every_seconds, texts: form.texts.map(textOf) },
    overflow: { full: led('full'), timeout: led('timeout'), unstaffed: led('unstaffed'), closed: led('closed') },
    offers: { after_seconds: form.after_seconds, callback: offered(form.callback) || null, voicemail: offered(form.voicemail) || null, number: key ? { key, number: form.number.trim(), at_once: form.number_at_once } : null },
    agent_number: form.agent_number, auto_answer: form.auto_answer === 'seat' ? null : form.auto_answer === 'yes',
    survey: { when: form.survey, questions: form.questions.map(textOf) },
    schedule_id: form.schedule_id, music: form.music,
  }
}
