/** What a form's values come to: which fields are on it, which must be filled in, which are locked, and what the formulas give. */
import type { DataRecord, Definition, Field, Values } from '@/shared/api'
import { evaluate, rounded, textOf, type Operand, type Tree } from '@/shared/expressions/evaluate'
import { holds, type Around, type Comparable } from '@/shared/expressions/conditions'
import { checkField, isBlank, isWritable } from '@/shared/fields'
import { t } from '@/shared/i18n'

export interface Settled { shown: (field: Field) => boolean; required: (field: Field) => boolean; locked: (field: Field) => boolean; computed: Values }

const NUMBERS = new Set(['integer', 'decimal', 'money'])
const isNumber = (field: Field): boolean => NUMBERS.has(field.type) || field.formula?.result === 'number'
const isMoment = (field: Field): boolean => field.type === 'datetime' || field.formula?.result === 'datetime'

function comparable(field: Field | undefined, value: unknown): Comparable {
  if (isBlank(value)) return null
  if (field && isNumber(field)) return Number(value)
  if (field && isMoment(field)) return Date.parse(String(value))
  return value as Comparable
}
function operand(field: Field, value: unknown): Operand {
  if (isBlank(value) || Array.isArray(value)) return null
  if (isNumber(field)) return Number.isNaN(Number(value)) ? null : Number(value)
  return isMoment(field) ? new Date(String(value)) : (value as Operand)
}
function held(field: Field, value: Operand): unknown {
  if (value === null || value === '') return null
  if (typeof value === 'number') return rounded(value, field.formula?.places ?? 0).toFixed(field.formula?.places ?? 0)
  return value instanceof Date ? textOf(value) : value
}

/** Formulas that need others come after them, however they are listed. */
function workOut(definition: Definition, values: Values): Values {
  const waiting = definition.fields.filter((field) => field.formula)
  if (!waiting.length) return {}
  const operands = new Map(definition.fields.filter((field) => !field.formula).map((field) => [field.key, operand(field, values[field.key])]))
  const found: Values = {}
  const names = (tree: Tree): string[] => ('name' in tree ? [tree.name] : 'of' in tree ? tree.of.flatMap(names) : [])
  while (waiting.length) {
    const at = waiting.findIndex((field) => names(field.formula!.tree as Tree).every((name) => !waiting.some((other) => other.key === name)))
    const [field] = waiting.splice(Math.max(at, 0), 1)
    const value = held(field!, evaluate(field!.formula!.tree as Tree, operands))
    found[field!.key] = value
    operands.set(field!.key, operand(field!, value))
  }
  return found
}

/** What conditions compare of a record's values. */
export function readerOf(definition: Definition): (key: string, value: unknown) => Comparable {
  const fields = new Map(definition.fields.map((field) => [field.key, field]))
  return (key, value) => comparable(fields.get(key), value)
}

/** `record`: as it is on the server; what may be changed is said by that, else one act could unlock itself. */
export function settle(definition: Definition, values: Values, record: DataRecord | null, around: Around): Settled {
  const computed = workOut(definition, values)
  const whole = { ...values, ...computed }
  const read = readerOf(definition)
  const is = (field: Field, what: 'visible' | 'required' | 'editable', among: Values): boolean => {
    const condition = field.when[what]
    return !condition || holds(condition, among, read, around)
  }
  return {
    computed,
    shown: (field) => is(field, 'visible', whole),
    required: (field) => field.required || (!!field.when.required && is(field, 'required', whole)),
    locked: (field) => !is(field, 'editable', record?.values ?? whole),
  }
}

/** Why the form cannot be sent yet, by field. */
export function formErrors(definition: Definition, values: Values, record: DataRecord | null, around: Around): Record<string, string> {
  const settled = settle(definition, values, record, around)
  const found: Record<string, string> = {}
  for (const field of definition.fields) {
    if (!isWritable(field) || record?.masked.includes(field.key) || !settled.shown(field) || settled.locked(field)) continue
    const problem = checkField({ ...field, required: settled.required(field) }, values[field.key])
    if (problem) found[field.key] = t(problem.key, problem.args ?? {})
  }
  return found
}

/** What the form may send: nothing that nobody enters, and nothing that is not on it. */
export function writable(definition: Definition, values: Values, record: DataRecord | null, around: Around): Field[] {
  const settled = settle(definition, values, record, around)
  return definition.fields.filter((field) => isWritable(field) && settled.shown(field) && !settled.locked(field))
}
