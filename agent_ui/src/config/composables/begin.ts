/** Words for what a new record begins with, as the designer offers and says them. */
import type { FieldType } from '@/shared/api'
import { t } from '@/shared/i18n'
import { dayWord } from '@/shared/records/views/chips'
import { daysOf } from '@/shared/records/views/state'

/** By type; a text has places for them instead. */
export const BEGINNINGS: Partial<Record<FieldType, string[]>> = {
  user: ['$me'], team: ['$my_team'],
  date: ['$today', '$today+1d', '$today+3d', '$today+7d', '$today+30d'],
  datetime: ['$now', '$now+30m', '$now+4h', '$now+1d', '$now+3d'],
}

/** “7 days ahead”, “Now + 4 hours”; what is none of them as it was typed. */
export function beginWord(template: string): string {
  const days = daysOf(template)
  if (days !== null) return dayWord(days)
  const found = /^\$(me|my_team|now)(?:([+-])(\d+)([dhm]))?$/.exec(template)
  if (!found) return template
  const [, word = '', sign = '', number, unit] = found
  const when = t(`design.begin.${word}`)
  return unit ? t(`design.begin.${unit}`, { when: `${when} ${sign === '-' ? '−' : '+'}`, n: Number(number) }) : when
}
