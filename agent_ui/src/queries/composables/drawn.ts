/** What a chart draws of an answer. Pure. */
import type { Captions, QueryAnswer, QueryChart } from '@/shared/api'
import { shownAs } from './format'

export interface Drawn { names: string[]; series: { label: Captions; data: (number | null)[] }[] }

/** A column that this user does not see is not drawn. */
export function partsOf(chart: QueryChart, answer: QueryAnswer): Drawn {
  const column = (key: string) => answer.columns.find((one) => one.key === key && !one.mask)
  const category = column(chart.category)
  const names = answer.rows.map((row) => (category ? (row.texts[category.key] ?? shownAs(category, row.values[category.key])) : ''))
  const series = chart.values.flatMap((key) => {
    const of = column(key)
    if (!of) return []
    const data = answer.rows.map((row) => (row.values[key] === null || row.values[key] === undefined ? null : Number(row.values[key])))
    return [{ label: of.label, data }]
  })
  return { names, series }
}
