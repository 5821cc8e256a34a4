/** What the builder calls things. */
import { t } from '@/shared/i18n'
import en from '@/shared/i18n/en/queries.json'
import zh from '@/shared/i18n/zh-CN/queries.json'
import type { Label, Source } from './build'

/** A column's name is written into the document, so it is needed in both languages at once. */
const BOTH = { 'zh-CN': zh.system, en: en.system } as const
type Known = keyof typeof zh.system
export const systemLabel = (key: string): Label => Object.fromEntries(Object.entries(BOTH).map(([locale, words]) => [locale, words[key as Known] ?? key]))

export const sourceName = (source: Source, nameOf: (object: string) => string): string => (source.join ? t('queries.sourceAs', { object: nameOf(source.object), key: source.key }) : nameOf(source.object))
export function depthOf(source: Source, all: Source[]): number {
  let depth = 0
  for (let one: Source | undefined = source; one?.join; one = all.find((other) => other.key === (one?.join?.of ?? ''))) depth += 1
  return depth
}
