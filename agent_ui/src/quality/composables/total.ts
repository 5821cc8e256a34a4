/** Points of a score: the sum of the answers, or nothing once a fatal error stands. */
export function totalOf(answers: Record<string, number>, fatal: string[]): number {
  return fatal.length ? 0 : Object.values(answers).reduce((sum, points) => sum + points, 0)
}
