/** Scheduled tasks in words, and the parameters of their commands as the form holds them. */
import type { ScheduledTask, TaskCommand, TaskRun } from '@/shared/api'

export type Parameter = TaskCommand['parameters'][number]
export type Values = Record<string, unknown>
export const OVERLAPS = ['skip', 'queue', 'parallel'] as const satisfies readonly ScheduledTask['overlap'][]
export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'timed_out', 'stopped', 'skipped'] as const satisfies readonly TaskRun['state'][]
/** Expressions that most begin with. */
export const EXAMPLES = ['*/5 * * * *', '0 9 * * *', '0 9 * * 1-5', '0 3 1 * *'] as const

/** What a command begins with; what was entered under the same name stays. */
export const begin = (parameters: Parameter[], kept: Values = {}): Values =>
  Object.fromEntries(parameters.map((one) => [one.name, kept[one.name] ?? one.default ?? (one.kind === 'switch' ? false : one.kind === 'number' ? one.least : '')]))

/** As the server takes them: what is empty and may be is nothing. */
export const given = (parameters: Parameter[], values: Values): Values =>
  Object.fromEntries(parameters.map((one) => [one.name, values[one.name] === '' && !one.required ? null : values[one.name]]))

/** What belongs to another object goes with it. */
export const withObject = (parameters: Parameter[], values: Values, object: string): Values =>
  ({ ...values, object, ...Object.fromEntries(parameters.filter((one) => one.kind === 'field' || one.kind === 'list').map((one) => [one.name, ''])) })
