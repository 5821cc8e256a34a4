import { describe, expect, it } from 'vitest'
import { markedTokens } from '@/shared/editor/text'
import { aliasesIn, choicesAt, tabOf, tokensOf, typedAt, type World } from './sql'

const label = (text: string) => ({ 'zh-CN': text, en: text })
const world: World = {
  objects: [
    { identifier: 'client', name: label('客户'), fields: [{ key: 'id', label: {}, type: 'id' }, { key: 'name', label: label('名称'), type: 'text' }, { key: 'city', label: label('城市'), type: 'text' }] },
    { identifier: 'job', name: label('工单'), fields: [{ key: 'customer', label: label('客户'), type: 'reference' }, { key: 'cost', label: label('费用'), type: 'decimal' }] },
  ],
  functions: ['count', 'coalesce', 'date_trunc'], parameters: ['city', 'since'], source: 'client c left join job as j on j.customer = c.id',
}
const kinds = (text: string) => tokensOf(text, new Set(world.functions)).map((token) => [token.text.trim(), token.kind]).filter(([text]) => text)
const texts = (part: Parameters<typeof choicesAt>[0], text: string) => choicesAt(part, text, text.length, world).choices.map((choice) => choice.text)

describe('tokens', () => {
  it('tells keywords, functions, names, values, parameters and comments apart', () => {
    expect(kinds("select count(c.id) [[ and x::text = :city ]] -- it's")).toEqual([
      ['select', 'keyword'], ['count', 'function'], ['(', 'plain'], ['c', 'word'], ['.', 'plain'], ['id', 'word'], [')', 'plain'],
      ['[[', 'bracket'], ['and', 'keyword'], ['x', 'word'], ['::', 'plain'], ['text', 'word'], ['=', 'plain'], [':city', 'parameter'], [']]', 'bracket'], ["-- it's", 'comment'],
    ])
  })
  it('loses nothing of a text, whatever it is', () => {
    for (const text of ['', "'open", '/* open', 'a"b""c" \n\t:: : 数量 1.5e', '[[[ ]]]']) expect(tokensOf(text, new Set()).map((token) => token.text).join('')).toBe(text)
  })
  it('is marked where a problem stands, across tokens', () => {
    const text = 'c.age >\n c.wrong = 1'
    const bad = markedTokens(text, tokensOf(text, new Set()), [{ line: 2, column: 4, length: 5, said: '' }])
    expect(bad.filter((token) => token.bad).map((token) => token.text)).toEqual(['wrong'])
    expect(bad.map((token) => token.text).join('')).toBe(text)
  })
})

describe('what may follow', () => {
  it('knows who is called how', () => {
    expect(aliasesIn(world.source)).toEqual({ c: 'client', j: 'job' })
    expect(aliasesIn('client, job x cross join job')).toEqual({ client: 'client', x: 'job', job: 'job' })
  })
  it('offers the fields of whom stands before the point', () => {
    expect(texts('where', 'c.n')).toEqual(['name'])
    expect(texts('select', 'c.name, j.')).toEqual(['customer', 'cost'])
    expect(texts('source', 'client c join job j on j.cu')).toEqual(['customer'])
  })
  it('offers objects in FROM, functions elsewhere, and parameters after a colon', () => {
    expect(texts('source', 'cl')).toEqual(['client'])
    expect(texts('select', 'coa')).toEqual(['coalesce'])
    expect(texts('where', 'c.city = :c')).toEqual(['city'])
    expect(texts('where', 'c.city = ')).toEqual([])
  })
  it('puts the choice in place of what was typed', () => {
    expect(typedAt('a c.na', 6)).toMatchObject({ alias: 'c', word: 'na', from: 4 })
    expect(choicesAt('select', 'a, cou', 6, world)).toEqual({ from: 3, choices: [{ text: 'count', kind: 'function', about: '', put: 'count(' }] })
  })
})

it('leads from what is wrong to where it can be mended', () => {
  expect(['parameters.0.template', 'columns.1.format', 'buttons.0.query', 'colors.1.when', ''].map(tabOf)).toEqual(['parameters', 'columns', 'rows', 'rows', null])
})
