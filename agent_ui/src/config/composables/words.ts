/** Changes in the reader's words: what, of what, from what to what. */
import type { Captions, DesignChange, DesignEffect } from '@/shared/api'
import { caption, i18n, t } from '@/shared/i18n'

const LONGEST = 40
const said = (key: string, fallback: string): string => (i18n.global.te(key) ? t(key) : fallback)

/** `settings.max_length`, `label.en`: the last name that has a word. */
export function attributeWord(attribute: string): string {
  const names = attribute.split('.').filter((one) => one !== 'settings')
  const language = names.length > 1 && (names.at(-1) === 'en' || names.at(-1) === 'zh-CN') ? ` (${t(`design.language.${names.at(-1) === 'en' ? 'en' : 'zh'}`)})` : ''
  return said(`design.attribute.${names[0]}`, names.join('.')) + language
}

const isLabel = (value: object): boolean => 'zh-CN' in value || 'en' in value
export function valueWord(attribute: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (attribute === 'type') return said(`fieldType.${String(value)}`, String(value))
  if (Array.isArray(value)) {
    const labels = value.map((one: unknown) => (typeof one === 'object' && one && 'label' in one ? caption(one.label as Captions) : said(`role.${String(one)}`, String(one))))
    const text = labels.join(t('design.comma'))
    return text.length > LONGEST ? t('design.count', { n: value.length }) : text || '—'
  }
  if (typeof value === 'object') return isLabel(value) ? caption(value as Captions) : JSON.stringify(value)
  const text = String(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** “Visit address: required no → yes” */
export function changeWord(change: DesignChange): string {
  const name = caption(change.label) || change.subject
  const head = t(`design.change.${change.what}`, { name })
  const given = (change.before !== null && change.before !== undefined) || (change.after !== null && change.after !== undefined)
  if (change.what.endsWith('.added') || change.what.endsWith('.removed') || change.what.endsWith('.moved')) return head
  const attribute = change.attribute ?? (change.what === 'field.type' ? 'type' : '')
  if (!attribute && !given) return head
  const detail = `${valueWord(attribute, change.before)} → ${valueWord(attribute, change.after)}`
  return t('design.changeDetail', { head, detail: attribute && change.what !== 'field.type' ? `${attributeWord(attribute)} ${detail}` : detail })
}

/** “columns 2, indexes 1”: what a publication will do to the table, counted. */
export function effectsWord(changes: Pick<DesignChange, 'effects'>[]): string {
  const counts = new Map<DesignEffect, number>()
  for (const effect of changes.flatMap((change) => change.effects)) counts.set(effect, (counts.get(effect) ?? 0) + 1)
  return [...counts].map(([effect, n]) => t(`design.effect.${effect}`, { n })).join(t('design.comma'))
}
