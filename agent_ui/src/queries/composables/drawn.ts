/** What a chart draws of an answer. Pure. */
import type { Captions, QueryAnswer, QueryChart, QueryColumn, QueryRow } from '@/shared/api'
import { shownAs } from './format'

/** said: each number in words, as the table has it. */
export interface Drawn { names: string[]; series: { label: Captions; data: (number | null)[]; said: string[] }[] }

const said = (column: QueryColumn, row: QueryRow): string => row.texts[column.key] ?? shownAs(column, row.values[column.key])

/** A column that this user does not see is not drawn. */
export function partsOf(chart: QueryChart, answer: QueryAnswer): Drawn {
  const column = (key: string) => answer.columns.find((one) => one.key === key && !one.mask)
  const category = column(chart.category)
  const names = answer.rows.map((row) => (category ? said(category, row) : ''))
  const series = chart.values.flatMap((key) => {
    const of = column(key)
    if (!of) return []
    const data = answer.rows.map((row) => (row.values[key] === null || row.values[key] === undefined ? null : Number(row.values[key])))
    return [{ label: of.label, data, said: answer.rows.map((row) => said(of, row)) }]
  })
  return { names, series }
}
