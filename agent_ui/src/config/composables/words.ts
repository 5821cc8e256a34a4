/** Changes in the reader's words: what, of what, from what to what. */
import type { Captions, Condition, DesignChange, DesignEffect } from '@/shared/api'
import { caption, i18n, t } from '@/shared/i18n'
import type { DocList, DocRule } from './document'

const LONGEST = 40
const FEW = 4
const said = (key: string, fallback: string): string => (i18n.global.te(key) ? t(key) : fallback)

/** `settings.max_length`, `label.en`: the last name that has a word. */
export function attributeWord(attribute: string): string {
  if (attribute.startsWith('when.')) return said(`design.${attribute}`, attribute)
  if (attribute.startsWith('permissions.')) return rightOf(attribute.split('.').slice(1))
  const names = attribute.split('.').filter((one) => one !== 'settings')
  const language = names.length > 1 && (names.at(-1) === 'en' || names.at(-1) === 'zh-CN') ? ` (${t(`design.language.${names.at(-1) === 'en' ? 'en' : 'zh'}`)})` : ''
  return said(`design.attribute.${names[0]}`, names.join('.')) + language
}

/** “Edit · Team leader” */
const rightOf = ([act = '', role = '']: string[]): string => [said(`design.attribute.${act}`, act), ...(role ? [said(`role.${role}`, role)] : [])].join(' · ')

const isCopied = (value: object): value is { by: string; field: string } => 'by' in value && 'field' in value && Object.keys(value).length === 2
const isLabel = (value: object): boolean => 'zh-CN' in value || 'en' in value
export function valueWord(attribute: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (attribute === 'reach' || attribute === 'access') return said(`design.${attribute}.${String(value)}`, String(value))
  if (attribute === 'type') return said(`fieldType.${String(value)}`, String(value))
  if (Array.isArray(value)) return t('design.count', { n: value.length })
  if (typeof value === 'object' && isCopied(value)) return `${value.by} · ${value.field}`
  if (typeof value === 'object') return isLabel(value) ? caption(value as Captions) : JSON.stringify(value)
  const text = String(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** A rule of what looks alike, by its fields. */
const isRule = (one: unknown): one is DocRule => typeof one === 'object' && one !== null && 'how' in one && 'fields' in one
const ruleWord = (rule: DocRule, names: Names): string => `${rule.fields.map((key) => names.get(key) ?? key).join(' + ')} (${t(`design.similar.${rule.how}`)})`
const partWord = (one: unknown, names: Names): string => (isRule(one) ? ruleWord(one, names) : typeof one === 'object' && one ? valueWord('', 'label' in one ? (one as { label: unknown }).label : one) : (names.get(String(one)) ?? said(`role.${String(one)}`, String(one))))
const idOf = (one: unknown): unknown => (isRule(one) ? JSON.stringify(one) : typeof one === 'object' && one && 'value' in one ? (one as { value: unknown }).value : one)
/** Of a list what came and what went; else that its order or its parts changed. */
function listWord(before: unknown[], after: unknown[], names: Names): string {
  const [old, now] = [before.map(idOf), after.map(idOf)]
  const came = after.filter((one) => !old.includes(idOf(one))).map((one) => partWord(one, names))
  const went = before.filter((one) => !now.includes(idOf(one))).map((one) => partWord(one, names))
  if (!came.length && !went.length) return t(JSON.stringify(old) === JSON.stringify(now) ? 'design.partsChanged' : 'design.reordered')
  const some = (list: string[]) => (list.length > FEW ? t('design.count', { n: list.length }) : list.join(t('design.comma')))
  return [came.length ? `+ ${some(came)}` : '', went.length ? `− ${some(went)}` : ''].filter(Boolean).join(' ')
}

const testsWord = (condition: Condition | null): string => (condition ? t('design.tests', { n: condition.tests.length }) : '—')
/** How many tests; what they ask is for the panel. */
const conditionWord = (before: Condition | null, after: Condition | null): string =>
  before && after && before.tests.length === after.tests.length ? t('design.partsChanged') : `${testsWord(before)} → ${testsWord(after)}`

/** Keys of fields, as people know them. */
export type Names = ReadonlyMap<string, string>
function detailOf(attribute: string, change: DesignChange, names: Names): string {
  const { before, after } = change
  if (attribute.startsWith('when.')) return conditionWord(before as Condition | null, after as Condition | null)
  if (Array.isArray(before) || Array.isArray(after)) return listWord((before ?? []) as unknown[], (after ?? []) as unknown[], names)
  const flag = typeof before === 'boolean' || typeof after === 'boolean'
  const side = (value: unknown) => (flag ? valueWord(attribute, !!value) : typeof value === 'string' && names.has(value.replace(/^-/, '')) ? names.get(value.replace(/^-/, ''))! + (value.startsWith('-') ? ' ↓' : '') : valueWord(attribute, value))
  return `${side(before)} → ${side(after)}`
}

/** “Edit · Agent: own → all”, “Salary: Agent write → hidden” */
function rightWord(change: DesignChange, head: string): string | null {
  const [first = '', role = ''] = (change.attribute ?? '').split('.')
  const granted = change.what === 'permissions.changed'
  if (!role || (!granted && first !== 'rights')) return null
  const side = (value: unknown) => valueWord(granted ? 'reach' : 'access', value ?? (granted ? 'none' : 'write'))
  const who = granted ? rightOf([first, role]) : said(`role.${role}`, role)
  return t('design.changeDetail', { head, detail: `${who} ${side(change.before)} → ${side(change.after)}` })
}

/** “Visit address: required no → yes” */
export function changeWord(change: DesignChange, names: Names = new Map()): string {
  const name = caption(change.label) || change.subject
  const head = t(`design.change.${change.what}`, { name })
  const given = (change.before !== null && change.before !== undefined) || (change.after !== null && change.after !== undefined)
  if (change.what.endsWith('.added') || change.what.endsWith('.removed') || change.what.endsWith('.moved')) return head
  const right = rightWord(change, head)
  if (right) return right
  const attribute = change.attribute ?? (change.what === 'field.type' ? 'type' : '')
  if (!attribute && !given) return head
  if (attribute === 'lists') {
    const called = ((change.after ?? []) as DocList[]).map((one) => caption(one.name)).join(t('design.comma'))
    return t('design.changeDetail', { head, detail: `${attributeWord(attribute)} ${called}` })
  }
  const places = ['key_field', 'title_field', 'sort', 'columns', 'duplicates'].includes(attribute) || change.what === 'links.changed'
  const detail = detailOf(attribute, change, places ? names : new Map())
  return t('design.changeDetail', { head, detail: attribute && change.what !== 'field.type' ? `${attributeWord(attribute)} ${detail}` : detail })
}

/** “columns 2, indexes 1”: what a publication will do to the table, counted. */
export function effectsWord(changes: Pick<DesignChange, 'effects'>[]): string {
  const counts = new Map<DesignEffect, number>()
  for (const effect of changes.flatMap((change) => change.effects)) counts.set(effect, (counts.get(effect) ?? 0) + 1)
  return [...counts].map(([effect, n]) => t(`design.effect.${effect}`, { n })).join(t('design.comma'))
}
