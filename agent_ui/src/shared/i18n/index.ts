/** Captions: one JSON file an area, one chunk a language, loaded for the chosen language alone. */
import { createI18n } from 'vue-i18n'
import { computed } from 'vue'
import type { Captions } from '@/shared/api'
import { configureApi } from '@/shared/api'

export const LOCALES = ['zh-CN', 'en'] as const
export type Locale = (typeof LOCALES)[number]
const STORED = 'cc.locale'

const languages = { 'zh-CN': () => import('./zh-CN'), en: () => import('./en') }

/**
 * A key without a caption stands on the page as it is: whoever looks at the console is told which. A table draws its
 * columns once with no row, to learn what they are; what it asks for then ends in nothing.
 */
const loaded = new Set<string>()
function missing(language: string, key: string): void {
  // eslint-disable-next-line no-console -- nobody but who looks for it is told
  if (loaded.has(language) && !key.endsWith('undefined')) console.error(`no caption in ${language}: ${key}`)
}
export const i18n = createI18n({ legacy: false, locale: 'zh-CN', fallbackLocale: false, missing, missingWarn: false, fallbackWarn: false })

export const storedLocale = (): Locale => (localStorage.getItem(STORED) === 'en' ? 'en' : 'zh-CN')
export const locale = computed<Locale>(() => i18n.global.locale.value as Locale)
export const t = i18n.global.t

export async function setLocale(next: Locale): Promise<void> {
  const { captions } = await languages[next]()
  i18n.global.setLocaleMessage(next, captions as never)
  loaded.add(next)
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
