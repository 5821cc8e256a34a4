/** Tests and targets of a routing service in the reader's words. */
import type { Field, RouteAnswer, RouteTarget, RouteTest } from '@/shared/api'
import { pathText } from '@/shared/fields/choice/options'
import { regionText } from '@/shared/fields/region/regions'
import { phone } from '@/shared/format'
import { caption, t } from '@/shared/i18n'
import type { TargetKind, TestKind } from './routes'

/** Names of what rules lead to and ask; empty for what is not known. */
export interface Around { nameOf: (kind: TestKind | TargetKind, id: string) => string; field: (key: string) => Field | undefined }

const LONGEST = 24
const FEW = 3
const OWN_NOT = new Set<TestKind>(['schedule', 'caller', 'withheld', 'called', 'list', 'share'])

const named = (around: Around, kind: TestKind | TargetKind, id: string | null | undefined): string => (id && around.nameOf(kind, id)) || t('route.unset')
const listed = (words: string[]): string => {
  if (!words.length) return t('route.unset')
  return words.length > FEW ? t('route.andMore', { words: words.slice(0, FEW).join(t('route.or')), n: words.length }) : words.join(t('route.or'))
}

function valueWord(field: Field | undefined, value: string): string {
  if (field?.type === 'boolean' || field?.formula?.result === 'boolean') return t(value === 'true' ? 'common.yes' : 'common.no')
  if (field?.type === 'region') return regionText(value)
  return (field?.options.length && pathText(field, value)) || value
}
function compared(name: string, test: RouteTest, field?: Field): string {
  const [from, to] = [test.at_least, test.at_most]
  // A whole province or city is kept as the codes that lie in it.
  if (field?.type === 'region' && from) return t('route.isAny', { name, values: regionText(from) })
  if (from && to) return from === to ? t('route.isAny', { name, values: from }) : t('route.between', { name, from, to })
  if (from) return t('route.atLeast', { name, n: from })
  if (to) return t('route.atMost', { name, n: to })
  return t('route.isAny', { name, values: listed((test.values ?? []).map((value) => valueWord(field, value))) })
}

const WORDS: Record<TestKind, (test: RouteTest, around: Around, not: string) => string> = {
  schedule: (test, around, not) => t(`route.said.schedule${not}`, { name: named(around, 'schedule', test.id) }),
  caller: (test, _around, not) => t(`route.said.caller${not}`, { values: listed(test.values ?? []) }),
  withheld: (_test, _around, not) => t(`route.said.withheld${not}`),
  called: (test, _around, not) => t(`route.said.called${not}`, { values: listed((test.values ?? []).map(phone)) }),
  list: (test, around, not) => t(`route.said.list${not}`, { name: named(around, 'list', test.id) }),
  customer: (test) => t(`route.records.${test.records ?? 'none'}`),
  field: (test, around) => {
    const field = around.field(test.name ?? '')
    return compared(caption(field?.label) || test.name || t('route.unset'), test, field)
  },
  work_orders: (test) => compared(t('route.openOrders'), test),
  entered: (test) => compared(t('route.said.entered', { name: test.name || t('route.unset') }), test),
  load: (test, around) => compared(t('route.said.load', { name: named(around, 'load', test.id), what: t(`route.measure.${test.measure ?? 'waiting'}`) }), test),
  // Which calls are not among thirty in a hundred is known: the other seventy.
  share: (test, _around, not) => t('route.said.share', { n: not ? 100 - (test.percent ?? 0) : (test.percent ?? 0) }),
}

export function testWord(test: RouteTest, around: Around): string {
  const own = OWN_NOT.has(test.kind)
  const word = WORDS[test.kind](test, around, own && test.negated ? 'Not' : '')
  return test.negated && !own ? t('route.notThat', { what: word }) : word
}
export const whenWord = (tests: RouteTest[], around: Around): string => (tests.length ? tests.map((test) => testWord(test, around)).join(t('route.and')) : t('route.always'))

export function targetWord(target: RouteTarget, around: Around): string {
  if (target.kind === 'number') return t('route.to.number', { number: target.number ? phone(target.number) : t('route.unset'), n: target.at_once ?? 0 })
  if (target.kind === 'extension') return t('route.to.extension', { name: named(around, 'extension', target.id), n: target.ring_seconds ?? 0 })
  if (target.kind === 'message') {
    const text = caption(target.say) || t('route.unset')
    return t('route.to.message', { text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text })
  }
  return target.kind === 'hang_up' ? t('route.to.hang_up') : t(`route.to.${target.kind}`, { name: named(around, target.kind, target.id) })
}

/** What was found where a test asked; empty where there is no more to say than whether it holds. */
export function seenWord(test: RouteTest, answer: RouteAnswer, around: Around): string {
  const { seen } = answer
  if (!seen) return ''
  if (test.kind === 'schedule') return t(seen === 'open' ? 'route.seen.open' : 'route.seen.closed')
  if (test.kind === 'customer') return t('route.seen.records', { n: Number(seen) })
  if (test.kind === 'share') return t('route.seen.lot', { n: seen })
  if (test.kind === 'caller' || test.kind === 'called') return phone(seen)
  return test.kind === 'field' ? valueWord(around.field(test.name ?? ''), seen) : seen
}
