/** The settings of each kind, as docs/guides/ivr.md has them. What has a default may be missing. */
export type Texts = Record<string, string>
export const FORMS = ['digits', 'number', 'money', 'date', 'time'] as const
export interface Prompt { text?: Texts; language?: string | null; variable?: string | null; form?: (typeof FORMS)[number]; file?: string | null }
/** A value: a fixed one, a variable's, or a text with variables in braces. */
export interface Valued { value?: string | number | boolean | null; variable?: string | null; template?: string | null }
/** Rows that are not filled yet. */
export const gaps = (rows: readonly ({ field: string } & Valued)[]): boolean => rows.some((one) => !one.field || one.variable === '')
export const holes = (pairs: Record<string, string> | undefined): boolean => Object.entries(pairs ?? {}).some(([name, to]) => !name || !to)
export interface Asking { prompts: Prompt[]; timeout?: number; tries?: number; on_timeout?: Prompt[]; on_invalid?: Prompt[] }

export interface Play { prompts: Prompt[]; interruptible?: boolean }
export interface Menu extends Asking { keys: string[] }
export const CHECKS = ['none', 'luhn', 'identity', 'mobile'] as const
export interface Collect extends Asking { variable: string; minimum?: number; maximum: number; inter_digit?: number; terminator?: string; check?: (typeof CHECKS)[number]; confirm?: boolean }
export interface Language extends Asking { choices: Record<string, string> }
export interface Condition { cases: { when: string; exit: string }[] }
export interface SetVariable extends Valued { name: string }
export interface Schedule { schedule: string; holidays?: boolean }
export interface Verify { prompts: Prompt[]; field: string; minimum?: number; maximum?: number; timeout?: number; attempts?: number; lock_minutes?: number; on_wrong?: Prompt[] }
export interface Query { object: string; where: ({ field: string } & Valued)[]; reads: Record<string, string>; order?: string; count?: string; record?: string }
export const WRITES = ['create', 'update', 'update_caller'] as const
export interface Write { object: string; act: (typeof WRITES)[number]; record?: string; values: ({ field: string } & Valued)[]; into?: string }
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export const BODIES = ['none', 'json', 'xml', 'text'] as const
export const ANSWERS = ['none', 'json', 'xml'] as const
export interface Http { method: (typeof METHODS)[number]; url: string; headers?: Record<string, string>; body_type?: (typeof BODIES)[number]; body?: string; timeout?: number; answer?: (typeof ANSWERS)[number]; reads?: Record<string, string>; status?: string }
export interface Record_ { prompts: Prompt[]; target: string; seconds?: number; silence?: number; terminator?: string; beep?: boolean }
export interface Survey { questions: { key: string; prompts: Prompt[]; keys: string[] }[]; timeout?: number; tries?: number }
export interface Message { to: 'team' | 'seat'; target: string; text: string }
export interface Callback { service: string }
export interface SubFlow { service: string }
export const TARGETS = ['service', 'seat', 'extension', 'conference', 'number', 'routing', 'voicemail'] as const
/** at_once: of a number alone; null: no limit. */
export interface Transfer { kind: (typeof TARGETS)[number]; target: string; at_once?: number | null }
export const MOST_AT_ONCE = 200
