/** What a serial number will look like: the rule with today and the first of its sequence. */
import { day } from '@/shared/format'

const PLACE = /\{(yyyyMMdd|yyyyMM|yyyy|seq:[1-9])\}/g

/** Nothing where the rule does not do: exactly one sequence, and no other braces. */
export function serialExample(rule: string, now: Date = new Date(), sequence = 1): string | null {
  const places = [...rule.matchAll(PLACE)].map((match) => match[1] ?? '')
  if (places.filter((place) => place.startsWith('seq')).length !== 1 || /[{}]/.test(rule.replace(PLACE, ''))) return null
  const date = day(now).replaceAll('-', '')
  return rule.replace(PLACE, (_, place: string) => (place.startsWith('seq') ? String(sequence).padStart(Number(place.slice(4)), '0') : date.slice(0, place.length)))
}
