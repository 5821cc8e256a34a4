/** Triggers of a draft: what happens by itself, when, and what is done. */
import type { Condition } from '@/shared/api'
import { freeKey, type Label } from './document'
import { place } from './operations'

export const ACTS = ['create', 'update', 'delete'] as const
export type Act = (typeof ACTS)[number]
export type Moment = 'before' | 'after'
export const WHO = ['actor', 'assignee', 'user', 'team', 'role'] as const
export type Recipient = { who: (typeof WHO)[number]; field?: string; role?: string }

/** Where a value comes from; exactly one of them. */
export type Source = { value: unknown } | { expression: string } | { field: string } | { record: true }
export type Sources = Record<string, Source>
export type Origin = 'value' | 'expression' | 'field' | 'record'
export const originOf = (source: Source): Origin => ('expression' in source ? 'expression' : 'field' in source ? 'field' : 'record' in source ? 'record' : 'value')

export type Action =
  | { do: 'set'; values: Sources }
  | { do: 'number'; field: string }
  | { do: 'refuse'; message: Label; field?: string }
  | { do: 'create'; object: string; values: Sources; back?: string }
  | { do: 'update'; object?: string; field: string; values: Sources }
  | { do: 'notify'; to: Recipient[]; text: Label }
  | { do: 'template'; template: string; field: string }
  | { do: 'http'; method: 'POST' | 'GET'; url: string; values: Record<string, string> }
  | { do: 'call'; task: string; field: string }
  | { do: 'message'; channel: string; template: string; reference?: string; field: string }
export type Do = Action['do']

export interface Trigger { key: string; name: Label; active?: boolean; on: Act[]; when: Moment; fields?: string[]; condition?: Condition; actions: Action[] }

export const MOST_TRIGGERS = 50
export const MOST_ACTIONS = 10
export const DOES: Record<Moment, Do[]> = { before: ['set', 'number', 'refuse'], after: ['create', 'update', 'template', 'notify', 'message', 'call', 'http'] }
/** A deletion can only be refused. */
export const doesOf = (trigger: Trigger): Do[] => (trigger.when === 'before' && trigger.on.includes('delete') ? ['refuse'] : DOES[trigger.when])

export function newAction(what: Do): Action {
  const starts: { [D in Do]: Extract<Action, { do: D }> } = {
    set: { do: 'set', values: {} }, number: { do: 'number', field: '' }, refuse: { do: 'refuse', message: { 'zh-CN': '', en: '' } },
    create: { do: 'create', object: '', values: {} }, update: { do: 'update', field: '', values: {} },
    template: { do: 'template', template: '', field: '' }, notify: { do: 'notify', to: [{ who: 'actor' }], text: { 'zh-CN': '', en: '' } }, http: { do: 'http', method: 'POST', url: 'https://', values: {} },
    call: { do: 'call', task: '', field: '' }, message: { do: 'message', channel: '', template: '', field: '' },
  }
  return starts[what]
}
export function newTrigger(triggers: Trigger[]): Trigger {
  const key = freeKey(triggers.map((one) => one.key), 'trigger_1')
  return { key, name: { 'zh-CN': '新触发器', en: 'New trigger' }, on: ['update'], when: 'before', actions: [newAction('set')] }
}

export const replace = (triggers: Trigger[], key: string, next: Trigger): Trigger[] => triggers.map((one) => (one.key === key ? next : one))
export function step(triggers: Trigger[], trigger: Trigger, by: 1 | -1): Trigger[] {
  const target = triggers[triggers.indexOf(trigger) + by]
  return target ? place(triggers, trigger, target, by === 1) : triggers
}
/** What does not go with another moment goes; a trigger never is without an action. */
export function atMoment(trigger: Trigger, changes: Partial<Pick<Trigger, 'when' | 'on'>>): Trigger {
  const next = { ...trigger, ...changes }
  const known = doesOf(next)
  const actions = next.actions.filter((one) => known.includes(one.do))
  const { fields, ...rest } = next
  const kept = next.on.includes('update') && fields?.length ? { ...rest, fields } : rest
  return { ...kept, actions: actions.length ? actions : [newAction(known[0] ?? 'refuse')] }
}
/** What is nothing is not written. */
export function trimmed(trigger: Trigger): Trigger {
  const { active, fields, condition, ...rest } = trigger
  return { ...rest, ...(active === false ? { active } : {}), ...(fields?.length ? { fields } : {}), ...(condition?.tests.length ? { condition } : {}) }
}

/** Whole words outside quoted text, and the places in a text for people. */
const WORD = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*/g
const PLACE = /\{([a-z][a-z0-9_]*)\}/g
const inWords = (text: string, key: string, next: string): string => text.replace(WORD, (word) => (word === key ? next : word))
const inPlaces = (said: Label, key: string, next: string): Label => {
  const put = (text: string) => text.replace(PLACE, (all, name) => (name === key ? `{${next}}` : all))
  return { 'zh-CN': put(said['zh-CN']), en: put(said.en) }
}
const sourced = (values: Sources, key: string, next: string): Sources =>
  Object.fromEntries(Object.entries(values).map(([name, source]) => [name, 'expression' in source ? { expression: inWords(source.expression, key, next) } : 'field' in source && source.field === key ? { field: next } : source]))
const swapKeys = (values: Sources, key: string, next: string): Sources => Object.fromEntries(Object.entries(values).map(([name, source]) => [name === key ? next : name, source]))

function renameInAction(action: Action, key: string, next: string): Action {
  const swap = (one: string) => (one === key ? next : one)
  switch (action.do) {
    case 'set': return { ...action, values: swapKeys(sourced(action.values, key, next), key, next) }
    case 'number': case 'template': case 'call': return { ...action, field: swap(action.field) }
    // With a reference the field is one of the record that it names.
    case 'message': return action.reference ? { ...action, reference: swap(action.reference) } : { ...action, field: swap(action.field) }
    case 'refuse': return action.field ? { ...action, field: swap(action.field) } : action
    case 'create': return { ...action, values: sourced(action.values, key, next), ...(action.back ? { back: swap(action.back) } : {}) }
    case 'update': return { ...action, ...(action.object ? {} : { field: swap(action.field) }), values: sourced(action.values, key, next) }
    case 'notify': return { ...action, text: inPlaces(action.text, key, next), to: action.to.map((one) => (one.field ? { ...one, field: swap(one.field) } : one)) }
    case 'http': return { ...action, values: Object.fromEntries(Object.entries(action.values).map(([name, field]) => [name, swap(field)])) }
  }
}
/** The triggers as they are when a field has a new key. */
export const renameInTriggers = (triggers: Trigger[], key: string, next: string): Trigger[] =>
  triggers.map((trigger) => ({
    ...trigger,
    ...(trigger.fields ? { fields: trigger.fields.map((one) => (one === key ? next : one)) } : {}),
    ...(trigger.condition ? { condition: { ...trigger.condition, tests: trigger.condition.tests.map((test) => (test.field === key ? { ...test, field: next } : test)) } } : {}),
    actions: trigger.actions.map((action) => renameInAction(action, key, next)),
  }))
const SIGNS = ['and', 'or', 'not', 'true', 'false', 'null']
/** Words of an expression that are neither quoted, nor functions, nor signs. */
const named = (text: string): string[] => [...text.matchAll(WORD)].filter(({ 0: word, index }) => !/^["']/.test(word) && !SIGNS.includes(word) && !/^\s*\(/.test(text.slice(index + word.length))).map(([word]) => word)
const asked = (values: Sources): string[] => Object.values(values).flatMap((source) => ('expression' in source ? named(source.expression) : 'field' in source ? [source.field] : []))
const places = (said: Label): string[] => Object.values(said).flatMap((text) => [...text.matchAll(PLACE)].map((place) => place[1] ?? ''))
function fieldsInAction(action: Action): (string | undefined)[] {
  switch (action.do) {
    case 'set': return [...Object.keys(action.values), ...asked(action.values)]
    case 'number': case 'template': case 'call': case 'refuse': return [action.field]
    case 'message': return [action.reference ?? action.field]
    case 'create': return [...asked(action.values), action.back]
    case 'update': return [...asked(action.values), action.object ? undefined : action.field]
    case 'notify': return [...places(action.text), ...action.to.map((one) => one.field)]
    case 'http': return Object.values(action.values)
  }
}
/** The fields of its own object that a trigger names, each once. */
export function fieldsIn(trigger: Trigger): string[] {
  const tests = trigger.condition?.tests.map((test) => test.field).filter((key) => !key.startsWith('$')) ?? []
  return [...new Set([...(trigger.fields ?? []), ...tests, ...trigger.actions.flatMap(fieldsInAction)].filter((key) => !!key))] as string[]
}
export const toldTheAssignee = (trigger: Trigger): boolean => trigger.actions.some((one) => one.do === 'notify' && one.to.some((to) => to.who === 'assignee'))
/** Those that name a field: renaming would change them. */
export const triggersWith = (triggers: Trigger[], key: string): Trigger[] =>
  triggers.filter((one) => JSON.stringify(renameInTriggers([one], key, `${key} `)) !== JSON.stringify([one]))
