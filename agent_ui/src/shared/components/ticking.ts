/** The rows from one to another, both included, whichever stands first; none when one of them is on another page. */
export function between<T>(rows: readonly T[], one: T, other: T): T[] {
  const places = [rows.indexOf(one), rows.indexOf(other)].sort((a, b) => a - b) as [number, number]
  return places[0] < 0 ? [] : rows.slice(places[0], places[1] + 1)
}
