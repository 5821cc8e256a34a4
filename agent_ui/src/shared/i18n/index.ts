/** Captions: one JSON file an area, one chunk a language, loaded for the chosen language alone. */
import { createI18n } from 'vue-i18n'
import { computed } from 'vue'
import type { Captions } from '@/shared/api'
import { configureApi } from '@/shared/api'

export const LOCALES = ['zh-CN', 'en'] as const
export type Locale = (typeof LOCALES)[number]
const STORED = 'cc.locale'

const languages = { 'zh-CN': () => import('./zh-CN'), en: () => import('./en') }

export const i18n = createI18n({ legacy: false, locale: 'zh-CN', fallbackLocale: 'zh-CN', missingWarn: false, fallbackWarn: false })

export const storedLocale = (): Locale => (localStorage.getItem(STORED) === 'en' ? 'en' : 'zh-CN')
export const locale = computed<Locale>(() => i18n.global.locale.value as Locale)
export const t = i18n.global.t

export async function setLocale(next: Locale): Promise<void> {
  const { captions } = await languages[next]()
  i18n.global.setLocaleMessage(next, captions as never)
  i18n.global.locale.value = next
  document.documentElement.lang = next
  localStorage.setItem(STORED, next)
  configureApi({ locale: next })
}

/** A caption kept as data: the reader's language, else any. */
export function caption(text: string | Captions | null | undefined): string {
  if (text === null || text === undefined) return ''
  if (typeof text === 'string') return text
  return text[locale.value] ?? text['zh-CN'] ?? Object.values(text)[0] ?? ''
}
