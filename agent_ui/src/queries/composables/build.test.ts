import { describe, expect, it } from 'vitest'
import type { Definition, Field, QueryDocument } from '@/shared/api'
import { addColumn, addJoin, addTest, askFor, fieldsOf, formatsFor, freeKey, isOfUse, moveColumn, operatorsOf, removeColumn, removeJoin, removeTest, sayHere, setGrouped, sourcesOf, waysFrom, wholeDoc } from './build'

const label = { 'zh-CN': '列', en: 'Column' }
const field = (key: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ key, type, label, reference: null, details: null, formula: null, ...more }) as Field
const object = (identifier: string, ...fields: Field[]): Definition => ({ identifier, name: label, fields }) as unknown as Definition
const client = object('client', field('name', 'text'), field('phone', 'phone'))
const job = object('job', field('name', 'text'), field('client', 'reference', { reference: { object: 'client' } as Field['reference'] }), field('parts', 'details', { details: { object: 'part' } as Field['details'] }), field('cost', 'decimal'))
const part = object('part', field('name', 'text'))
const known = { client, job, part }
const column = (key: string, more: object = {}) => ({ key, label, field: key, source: '', ...more })
const doc = (more: Partial<QueryDocument> = {}) => wholeDoc({ source: 'job', columns: [column('name'), column('cost')], ...more } as QueryDocument)

it('a key is made of a word and is free', () => {
  expect([freeKey('Cost per Job', []), freeKey('cost', ['cost']), freeKey('费用', [])]).toEqual(['cost_per_job', 'cost_2', 'x'])
})

it('values have formats of their kind, and keep the one they have', () => {
  expect(formatsFor('created_at', '')).toEqual(['date', 'month', 'time'])
  expect(formatsFor('money', '')).toContain('money')
  expect(formatsFor('text', 'month')).toEqual(['yes_no', 'month'])
  expect(formatsFor(undefined, '')).toHaveLength(11)
})

describe('sources', () => {
  it('follow references, lines, and whoever refers to an object', () => {
    expect(waysFrom(job, known).map(({ how, by, object: to }) => [how, by, to])).toEqual([['one', 'client', 'client'], ['lines', 'parts', 'part']])
    expect(waysFrom(client, known).map(({ how, by, object: to }) => [how, by, to])).toEqual([['back', 'client', 'job']])
  })
  it('are found again along their joins', () => {
    const first = addJoin(doc(), '', waysFrom(job, known)[0]!)
    const second = addJoin(first, 'client', waysFrom(client, known)[0]!)
    expect(sourcesOf(second, known).map(({ key, object: of }) => [key, of])).toEqual([['', 'job'], ['client', 'client'], ['job', 'job']])
  })
  it('go with all that hangs on them', () => {
    const joined = addJoin(addJoin(doc(), '', waysFrom(job, known)[0]!), 'client', waysFrom(client, known)[0]!)
    const used = addTest(addColumn(joined, { source: 'job', field: 'name', label }, 'job_name'), 'conditions', { source: 'client', field: 'name', value: ['x'] })
    const left = removeJoin(askFor(used, 'conditions', 0, label), 'client')
    expect([left.joins, left.conditions, left.parameters, left.columns.map((one) => one.key)]).toEqual([[], [], [], ['name', 'cost']])
  })
  it('have what every record has, and nothing that is no cell', () => {
    const keys = fieldsOf(sourcesOf(doc(), known)[0]!, () => label).map((one) => one.key)
    expect(keys).toEqual(['name', 'client', 'cost', 'created_at', 'created_by', 'updated_at', 'updated_by'])
  })
})

describe('columns', () => {
  it('move before and behind others', () => {
    const three = doc({ columns: [column('a'), column('b'), column('c')] as QueryDocument['columns'] })
    expect(moveColumn(three, 'a', 'c', true).columns.map((one) => one.key)).toEqual(['b', 'c', 'a'])
    expect(moveColumn(three, 'c', 'a', false).columns.map((one) => one.key)).toEqual(['c', 'a', 'b'])
    expect(moveColumn(three, 'a', 'a', true)).toBe(three)
  })
  it('take along what was only about them', () => {
    const used = doc({ order: [{ column: 'cost' }], chart: { type: 'bar', category: 'name', values: ['cost'] } })
    const left = removeColumn(used, 'cost')
    expect([left.order, left.chart]).toEqual([[], null])
  })
  it('lose what only groups have when they are grouped no more', () => {
    const grouped = doc({ grouped: true, columns: [column('name'), { key: 'rows', label, aggregate: 'count' }, column('cost', { aggregate: 'sum' })] as QueryDocument['columns'], having: [{ column: 'rows', operator: 'gt', value: ['1'] }] })
    const plain = setGrouped(grouped, false)
    expect(plain.columns.map(({ key, aggregate }) => [key, aggregate])).toEqual([['name', ''], ['cost', '']])
    expect(plain.having).toEqual([])
  })
})

describe('conditions', () => {
  const test = addTest(doc(), 'conditions', { field: 'cost', operator: 'ge', value: ['5'] })
  it('are asked of whoever uses the list, beginning with what stood there, and back', () => {
    const asked = askFor(test, 'conditions', 0, label)
    expect(asked.conditions[0]).toMatchObject({ parameter: 'cost', value: [] })
    expect(asked.parameters).toEqual([{ key: 'cost', label, default: ['5'], required: false }])
    const back = sayHere(asked, 'conditions', 0)
    expect([back.conditions[0]!.value, back.parameters]).toEqual([['5'], []])
    expect(removeTest(asked, 'conditions', 0).parameters).toEqual([])
  })
  it.each([
    ['phone', ['eq', 'in', 'empty', 'filled']], ['boolean', ['eq']], ['choices', ['contains', 'empty', 'filled']], ['created_at', ['between', 'ge', 'le', 'gt', 'lt']],
  ] as const)('of a field that is %s are of few kinds', (type, operators) => expect(operatorsOf(field('x', type))).toEqual(operators))
  it('of a formula are those of what it gives', () => {
    expect(operatorsOf(field('x', 'formula', { formula: { result: 'number' } as Field['formula'] }))).toContain('between')
    expect(operatorsOf(field('x', 'formula', { formula: { result: 'text' } as Field['formula'] }))).toContain('contains')
  })
})

it('knows what is refused of a name or its sharing from what is refused of the statement', () => {
  expect(['key', 'name.en.value', 'report.category', 'document.columns.0', 'texts.where'].map(isOfUse)).toEqual([true, true, true, false, false])
})
