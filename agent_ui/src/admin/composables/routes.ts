/** Rules of a routing service as a form holds them: every part is there at once, and is sent only where the kind asks for it. */
import type { Field, OverflowTarget, RouteTarget, RouteTest, RoutingRules } from '@/shared/api'

export type TestKind = RouteTest['kind']
export type TargetKind = OverflowTarget['kind'] | RouteTarget['kind']
export type Records = NonNullable<RouteTest['records']>
export type Measure = NonNullable<RouteTest['measure']>
export const TEST_KINDS = ['schedule', 'caller', 'withheld', 'called', 'list', 'customer', 'field', 'work_orders', 'entered', 'load', 'share'] as const satisfies readonly TestKind[]
export const TARGET_KINDS = ['agent_service', 'ivr_service', 'seat', 'extension', 'conference', 'number', 'message', 'voicemail', 'hang_up'] as const satisfies readonly RouteTarget['kind'][]
export const RECORDS = ['none', 'one', 'several'] as const satisfies readonly Records[]
export const MEASURES = ['waiting', 'ready', 'longest_wait'] as const satisfies readonly Measure[]
export const MOST_RULES = 50
export const MOST_TESTS = 10
export const MOST_VALUES = 200
export const LONGEST_MESSAGE = 500

/** `key` stays with a rule and a test while they move. `bounded`: asked by bounds, not by values. */
export interface TestForm { key: string; kind: TestKind; negated: boolean; id: string; name: string; values: string[]; bounded: boolean; from: string; to: string; records: Records; measure: Measure; percent: number }
export interface TargetForm { kind: TargetKind; id: string; number: string; at_once: number; ring_seconds: number; zh: string; en: string }
export interface RuleForm { key: string; name: string; tests: TestForm[]; target: TargetForm }
export interface RoutesForm { name: string; rules: RuleForm[]; otherwise: TargetForm }

type Part = 'id' | 'values' | 'records' | 'name' | 'compared' | 'bounds' | 'measure' | 'percent'
const PARTS: Record<TestKind, readonly Part[]> = {
  schedule: ['id'], caller: ['values'], withheld: [], called: ['values'], list: ['id'], customer: ['records'], field: ['name', 'compared'],
  work_orders: ['bounds'], entered: ['name', 'compared'], load: ['id', 'measure', 'bounds'], share: ['percent'],
}
export const asks = (kind: TestKind, part: Part): boolean => PARTS[kind].includes(part)

let keys = 0
const newKey = (): string => String(++keys)

export const blankTarget = (): TargetForm => ({ kind: 'agent_service', id: '', number: '', at_once: 5, ring_seconds: 30, zh: '', en: '' })
export const blankTest = (kind: TestKind = 'schedule'): TestForm => ({
  key: newKey(), kind, negated: false, id: '', name: '', values: [], bounded: false, from: kind === 'work_orders' ? '1' : '', to: '', records: 'none', measure: 'waiting', percent: 50,
})
export const blankRule = (): RuleForm => ({ key: newKey(), name: '', tests: [blankTest()], target: blankTarget() })
export const blankForm = (): RoutesForm => ({ name: '', rules: [], otherwise: blankTarget() })

function testForm(test: RouteTest): TestForm {
  const { kind, negated, id, name, values, at_least, at_most, records, measure, percent } = test
  const plain = blankTest(kind)
  return {
    ...plain, negated: !!negated, id: id ?? '', name: name ?? '', values: [...(values ?? [])], bounded: !!(at_least || at_most), from: at_least ?? '', to: at_most ?? '',
    records: records ?? plain.records, measure: measure ?? plain.measure, percent: percent ?? plain.percent,
  }
}
export function targetForm(target: OverflowTarget | RouteTarget): TargetForm {
  const plain = blankTarget()
  return { kind: target.kind, id: target.id ?? '', number: target.number ?? '', at_once: target.at_once ?? plain.at_once, ring_seconds: target.ring_seconds ?? plain.ring_seconds, zh: target.say?.['zh-CN'] ?? '', en: target.say?.en ?? '' }
}
export const formOf = (name: string, document: RoutingRules): RoutesForm => ({
  name, rules: document.rules.map((rule) => ({ key: newKey(), name: rule.name, tests: (rule.tests ?? []).map(testForm), target: targetForm(rule.target) })), otherwise: targetForm(document.otherwise),
})

export function testOf(form: TestForm): RouteTest {
  const has = (part: Part) => asks(form.kind, part)
  const bounded = has('bounds') || (has('compared') && form.bounded)
  return {
    kind: form.kind, negated: form.negated, id: (has('id') && form.id) || null, name: (has('name') && form.name.trim()) || null,
    values: has('values') || (has('compared') && !bounded) ? [...form.values] : [], at_least: (bounded && form.from.trim()) || null, at_most: (bounded && form.to.trim()) || null,
    records: has('records') ? form.records : null, measure: has('measure') ? form.measure : null, percent: has('percent') ? form.percent : null,
  }
}
const BY_ID = new Set<TargetKind>(['agent_service', 'ivr_service', 'routing_service', 'seat', 'extension', 'conference', 'voicemail'])
export function targetOf(form: TargetForm): RouteTarget {
  const outside = form.kind === 'number'
  const led = BY_ID.has(form.kind)
  return { kind: form.kind as RouteTarget['kind'], id: (led && form.id) || null, number: (outside && form.number.trim()) || null, at_once: outside ? form.at_once : null, ring_seconds: form.kind === 'extension' ? form.ring_seconds : null, say: form.kind === 'message' ? { 'zh-CN': form.zh.trim(), en: form.en.trim() } : null }
}
export const documentOf = (form: RoutesForm): RoutingRules => ({
  rules: form.rules.map((rule) => ({ name: rule.name, tests: rule.tests.map(testOf), target: targetOf(rule.target) })), otherwise: targetOf(form.otherwise),
})

export const copyOf = (rule: RuleForm, name: string): RuleForm => ({ key: newKey(), name, tests: rule.tests.map((test) => ({ ...test, values: [...test.values], key: newKey() })), target: { ...rule.target } })
/** Beside another, as dragging has it. */
export function moved(rules: RuleForm[], key: string, target: string, after: boolean): RuleForm[] {
  const rule = rules.find((one) => one.key === key)
  const others = rules.filter((one) => one !== rule)
  const at = others.findIndex((one) => one.key === target)
  return rule && at >= 0 ? others.toSpliced(at + (after ? 1 : 0), 0, rule) : rules
}

export type Errors = Record<string, string>
/** The server counts rules and tests; what it says stays with them, wherever they are moved: `<rule>.<test>.id`, `<rule>.target.number`. */
export function placed(fields: Errors, form: RoutesForm): Errors {
  return Object.fromEntries(Object.entries(fields).map(([path, message]) => {
    const [, rule, test, rest = ''] = /^document\.rules\.(\d+)(?:\.tests\.(\d+))?(.*)$/.exec(path) ?? []
    const one = form.rules[Number(rule)]
    if (!one) return [path.replace(/^document\./, ''), message]
    return [[one.key, test && one.tests[Number(test)]?.key].filter(Boolean).join('.') + rest, message]
  }))
}
/** What is said of something, or of a part of it. */
export const errorOf = (errors: Errors, of: string): string | undefined => Object.entries(errors).find(([path]) => path === of || path.startsWith(`${of}.`))?.[1]

/** Services and variables that only whoever tries can tell of. */
export const loadsIn = (form: RoutesForm): string[] => [...new Set(testsOf(form, 'load').map((test) => test.id).filter(Boolean))]
export const enteredIn = (form: RoutesForm): string[] => [...new Set(testsOf(form, 'entered').map((test) => test.name.trim()).filter(Boolean))]
export const testsOf = (form: RoutesForm, kind: TestKind): TestForm[] => form.rules.flatMap((rule) => rule.tests).filter((test) => test.kind === kind)

const ASKED = new Set<Field['type']>(['text', 'email', 'url', 'choice', 'cascade', 'boolean', 'integer', 'decimal', 'money', 'date', 'region', 'serial'])
const NUMBERS = new Set<Field['type']>(['integer', 'decimal', 'money'])
export const isNumber = (field: Field | undefined): boolean => !!field && (NUMBERS.has(field.type) || field.formula?.result === 'number')
export const isDay = (field: Field | undefined): boolean => field?.type === 'date' || field?.formula?.result === 'date'
/** What a way may depend on, as far as the page can tell; the server knows more of who may see what. */
export const askable = (field: Field): boolean => field.access !== 'mask' && (ASKED.has(field.type) || (!!field.formula && field.formula.result !== 'datetime'))

const PROVINCE = /0000$/
const CITY = /00$/
/** A province or a city is all that lies in it: codes of one begin alike, so they lie between two numbers. */
export function askRegion(code: string | undefined): Pick<TestForm, 'values' | 'bounded' | 'from' | 'to'> {
  if (!code || !CITY.test(code)) return { values: code ? [code] : [], bounded: false, from: '', to: '' }
  return { values: [], bounded: true, from: code, to: PROVINCE.test(code) ? code.replace(PROVINCE, '9999') : code.replace(CITY, '99') }
}
