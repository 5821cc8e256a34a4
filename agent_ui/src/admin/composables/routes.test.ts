import { beforeAll, describe, expect, it } from 'vitest'
import type { RouteTest, RoutingRules } from '@/shared/api'
import { field, option } from '@/shared/fields/testing'
import { setLocale } from '@/shared/i18n'
import { numbersIn } from './callers'
import { blankTarget, askable, askRegion, blankForm, blankTest, copyOf, documentOf, enteredIn, errorOf, formOf, loadsIn, moved, placed, targetOf, testOf, type TestForm } from './routes'
import { seenWord, targetWord, testWord, whenWord, type Around } from './routeWords'

const bare = { negated: false, id: null, name: null, values: [], at_least: null, at_most: null, records: null, measure: null, percent: null }
const noTarget = { id: null, number: null, at_once: null, ring_seconds: null, say: null }
const say = { 'zh-CN': '已下班。', en: 'We are closed.' }
const document: RoutingRules = {
  rules: [
    { name: 'closed', tests: [{ ...bare, kind: 'schedule', id: 's1', negated: true }], target: { ...noTarget, kind: 'message', say } },
    { name: 'busy', tests: [{ ...bare, kind: 'load', id: 'a1', measure: 'waiting', at_least: '5' }, { ...bare, kind: 'entered', name: 'key', values: ['1', '2'] }, { ...bare, kind: 'field', name: 'price', at_least: '5', at_most: '9' }], target: { ...noTarget, kind: 'number', number: '02160000009', at_once: 2 } },
  ],
  otherwise: { ...noTarget, kind: 'agent_service', id: 'a1' },
}
const test = (changes: Partial<TestForm>) => testOf({ ...blankTest(), ...changes })

describe('a form of rules', () => {
  it('gives back the document that it was made of', () => expect(documentOf(formOf('x', document))).toEqual(document))

  it('sends only what the kind asks for', () => {
    const full: Partial<TestForm> = { id: 'x', name: 'y', values: ['1'], from: '1', to: '2', bounded: false }
    expect(test({ ...full, kind: 'withheld' })).toEqual({ ...bare, kind: 'withheld' })
    expect(test({ ...full, kind: 'list' })).toEqual({ ...bare, kind: 'list', id: 'x' })
    expect(test({ ...full, kind: 'share', percent: 30 })).toEqual({ ...bare, kind: 'share', percent: 30 })
    expect(test({ ...full, kind: 'work_orders' })).toEqual({ ...bare, kind: 'work_orders', at_least: '1', at_most: '2' })
    expect(targetOf({ kind: 'hang_up', id: 'x', number: '1', at_once: 5, ring_seconds: 30, zh: 'a', en: 'b' })).toEqual({ ...noTarget, kind: 'hang_up' })
  })

  it('rings an extension as long as it says, and nothing else', () => {
    const form = { ...blankTarget(), id: 'x', ring_seconds: 25 }
    expect(targetOf({ ...form, kind: 'extension' })).toEqual({ ...noTarget, kind: 'extension', id: 'x', ring_seconds: 25 })
    expect(targetOf({ ...form, kind: 'conference' })).toEqual({ ...noTarget, kind: 'conference', id: 'x' })
  })

  it('asks by values or by bounds, never by both', () => {
    const both: Partial<TestForm> = { kind: 'field', name: 'price', values: ['7'], from: '5', to: '' }
    expect(test({ ...both, bounded: true })).toEqual({ ...bare, kind: 'field', name: 'price', at_least: '5' })
    expect(test({ ...both, bounded: false })).toEqual({ ...bare, kind: 'field', name: 'price', values: ['7'] })
  })

  it('moves a rule beside another, and copies it under a key of its own', () => {
    const { rules } = formOf('x', document)
    const [first, second] = rules as [typeof rules[0], typeof rules[0]]
    expect(moved(rules, first.key, second.key, true).map((rule) => rule.name)).toEqual(['busy', 'closed'])
    expect(moved(rules, second.key, first.key, false).map((rule) => rule.name)).toEqual(['busy', 'closed'])
    const copy = copyOf(second, 'again')
    copy.tests[1]?.values.push('3')
    expect([copy.key === second.key, copy.tests[1]?.key === second.tests[1]?.key, second.tests[1]?.values]).toEqual([false, false, ['1', '2']])
  })

  it('keeps what the server refuses at its rule, wherever that is moved', () => {
    const form = formOf('x', document)
    const [first, second] = form.rules as [typeof form.rules[0], typeof form.rules[0]]
    const errors = placed({ name: 'taken', 'document.rules.1.tests.1.values.0': 'long', 'document.rules.0.target.say': 'both', 'document.otherwise.id': 'gone', 'document.rules': 'many' }, form)
    expect(errors).toEqual({ name: 'taken', [`${second.key}.${second.tests[1]?.key}.values.0`]: 'long', [`${first.key}.target.say`]: 'both', 'otherwise.id': 'gone', rules: 'many' })
    form.rules.reverse()
    expect([errorOf(errors, second.key), errorOf(errors, `${first.key}.target`), errorOf(errors, 'otherwise'), errorOf(errors, `${first.key}.name`)]).toEqual(['long', 'both', 'gone', undefined])
  })

  it('tells what whoever tries must say', () => {
    const form = formOf('x', document)
    expect([loadsIn(form), enteredIn(form), loadsIn(blankForm())]).toEqual([['a1'], ['key'], []])
  })

  it('asks a province by all codes that lie in it', () => {
    expect(askRegion('310000')).toMatchObject({ values: [], from: '310000', to: '319999' })
    expect(askRegion('320500')).toMatchObject({ values: [], from: '320500', to: '320599' })
    expect(askRegion('310104')).toMatchObject({ values: ['310104'], from: '', to: '' })
    expect(askRegion(undefined)).toMatchObject({ values: [], from: '' })
  })

  it('offers no field that is masked, or that no rule can ask', () => {
    expect([field({ type: 'text' }), field({ type: 'text', access: 'mask' }), field({ type: 'phone' }), field({ type: 'datetime' }), field({ type: 'money' })].map(askable)).toEqual([true, false, false, false, true])
  })
})

describe('in words', () => {
  beforeAll(() => setLocale('en'))
  const level = field({ key: 'level', type: 'choice', label: { 'zh-CN': '等级', en: 'Level' }, options: [option('gold', 'Gold'), option('silver', 'Silver')] })
  const around: Around = { nameOf: (_kind, id) => ({ s1: 'Office', a1: 'Sales', l1: 'VIP' })[id] ?? '', field: (key) => (key === 'level' ? level : undefined) }
  it.each<[Partial<RouteTest>, string]>([
    [{ kind: 'schedule', id: 's1', negated: true }, 'outside “Office”'],
    [{ kind: 'caller', values: ['021', '0755'] }, 'caller begins with 021 or 0755'],
    [{ kind: 'list', id: 'l1', negated: true }, 'not on the list “VIP”'],
    [{ kind: 'list' }, 'on the list “(nothing yet)”'],
    [{ kind: 'field', name: 'level', values: ['gold', 'silver'] }, 'Level is Gold or Silver'],
    [{ kind: 'field', name: 'level', values: ['gold'], negated: true }, 'not “Level is Gold”'],
    [{ kind: 'field', name: 'gone', at_least: '5', at_most: '9' }, 'gone from 5 to 9'],
    [{ kind: 'work_orders', at_least: '2' }, 'open work orders ≥ 2'],
    [{ kind: 'load', id: 'a1', measure: 'ready', at_most: '0' }, '“Sales” ready ≤ 0'],
    [{ kind: 'share', percent: 30 }, '30% of calls'],
    [{ kind: 'share', percent: 30, negated: true }, '70% of calls'],
    [{ kind: 'caller', values: ['1', '2', '3', '4', '5'] }, 'caller begins with 1 or 2 or 3 and others (5)'],
  ])('%j', (asked, words) => expect(testWord({ kind: 'share', ...asked } as RouteTest, around)).toBe(words))

  it('joins tests, and says so where there are none', () => {
    expect(whenWord([{ kind: 'withheld' }, { kind: 'customer', records: 'none' }], around)).toBe('number withheld, and Unknown caller')
    expect(whenWord([], around)).toBe('all calls')
  })

  it('says where a call goes', () => {
    expect(targetWord({ kind: 'agent_service', id: 'a1' }, around)).toBe('Agent service “Sales”')
    expect(targetWord({ kind: 'number', number: '02160000009', at_once: 2 }, around)).toBe('Outside number 021-6000 0009 (at most 2 at once)')
    expect(targetWord({ kind: 'message', say }, around)).toBe('Say “We are closed.” and hang up')
    expect(targetWord({ kind: 'seat' }, around)).toBe('Seat of (nothing yet)')
  })

  it('says what was found', () => {
    expect(seenWord({ kind: 'schedule' }, { held: true, seen: 'open' }, around)).toBe('within')
    expect(seenWord({ kind: 'field', name: 'level' }, { held: true, seen: 'gold' }, around)).toBe('Gold')
    expect(seenWord({ kind: 'list' }, { held: null, seen: '' }, around)).toBe('')
  })

  it('says it in Chinese', async () => {
    await setLocale('zh-CN')
    expect(testWord({ kind: 'schedule', id: 's1', negated: true }, around)).toBe('在“Office”时间外')
    expect(testWord({ kind: 'field', name: 'level', values: ['gold'], negated: true }, around)).toBe('并非“等级为Gold”')
    expect(targetWord({ kind: 'hang_up' }, around)).toBe('直接挂断')
  })
})

it('reads numbers out of a text, each once', () => expect(numbersIn('138 0000 0001\n021-60000009；anna\t13800000002,\r\n138 0000 0001')).toEqual(['138 0000 0001', '021-60000009', 'anna', '13800000002']))
