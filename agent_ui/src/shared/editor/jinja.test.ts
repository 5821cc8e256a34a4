import { describe, expect, it } from 'vitest'
import { choicesAt, regionsOf, scopeAt, tokensOf, type World } from './jinja'

const world: World = {
  names: [
    { text: 'record', about: '', members: [{ text: 'name', about: '名称' }, { text: 'level', about: '' }] },
    { text: 'codes', about: '', members: [{ text: 'level', about: '', options: [{ value: 'gold', label: '金' }, { value: 'green', label: '绿' }] }] },
    { text: 'now', about: '' },
  ],
  functions: [{ text: 'random', about: '', put: 'random(' }],
  filters: [{ text: 'date', about: '' }, { text: 'datetime', about: '' }, { text: 'mask', about: '' }],
  html: false,
}
/** Typed up to the stroke. */
const offered = (text: string) => choicesAt(text.replace('¦', ''), text.indexOf('¦'), world).choices.map((one) => one.text)
const kinds = (text: string, html = false) => tokensOf(text, html).map((one) => [one.text.trim(), one.kind]).filter(([text]) => text)

describe('parts of a template', () => {
  it('are text, places, blocks and comments; a sign within quotes closes nothing', () => {
    expect(regionsOf("a {{ '}}' }}{% if x %}b{# c #}").map((one) => one.kind)).toEqual(['text', 'print', 'block', 'text', 'comment'])
  })
  it('are text where they are raw, and open at the end', () => {
    expect(regionsOf('{% raw %}{{ x }}{% endraw %}{{ y').map((one) => [one.kind, one.open])).toEqual([['block', false], ['text', false], ['block', false], ['print', true]])
  })
  it.each(['', '{{', "{% if 'a", 'a}}b%}', '{{ x }}\n{#', '<a href="{{ x }}">b</a>', '{%- set 数量 = 1.5e -%}'])('lose nothing of %s', (text) => {
    for (const html of [true, false]) expect(tokensOf(text, html).map((one) => one.text).join('')).toBe(text)
  })
})

describe('words', () => {
  it('tell names, filters, functions, keywords and values apart', () => {
    expect(kinds("{% if f(1) and a.if | d('x') %}")).toEqual([['{%', 'bracket'], ['if', 'keyword'], ['f', 'function'], ['(', 'plain'], ['1', 'number'], [')', 'plain'], ['and', 'keyword'], ['a', 'word'], ['.', 'plain'], ['if', 'word'], ['|', 'plain'], ['d', 'function'], ['(', 'plain'], ["'x'", 'text'], [')', 'plain'], ['%}', 'bracket']])
  })
  it('of markup are told where the output is markup, also in a tag that a place cuts', () => {
    expect(kinds('<a href={{ x }} title="t">b', true)).toEqual([['<a', 'tag'], ['href', 'attribute'], ['=', 'plain'], ['{{', 'bracket'], ['x', 'word'], ['}}', 'bracket'], ['title', 'attribute'], ['=', 'plain'], ['"t"', 'text'], ['>', 'tag'], ['b', 'plain']])
    expect(kinds('<a href="/{{ x }}">b<i>', true).slice(-5)).toEqual([['}}', 'bracket'], ['"', 'text'], ['>', 'tag'], ['b', 'plain'], ['<i', 'tag'], ['>', 'tag']].slice(-5))
    expect(kinds('<b>', false)).toEqual([['<b>', 'plain']])
  })
})

describe('what may follow', () => {
  it('is nothing outside places and blocks, nor in comments', () => {
    expect([offered('rec¦'), offered('{# rec¦'), offered('{{ x }} rec¦')]).toEqual([[], [], []])
  })
  it('is a name or a function in a place, before anything is typed too', () => {
    expect(offered('{{ ¦')).toEqual(['record', 'codes', 'now', 'random'])
    expect(offered('{{ n¦')).toEqual(['now', 'not', 'none'])
    expect(offered('{{ record ¦')).toEqual([])
  })
  it('is a filter after the stroke, and nothing else', () => expect(offered('{{ now | da¦')).toEqual(['date', 'datetime']))
  it('is a member after the point, of what is known', () => {
    expect([offered('{{ record.¦'), offered('{{ record.n¦ }}'), offered('{{ who.¦')]).toEqual([['name', 'level'], ['name'], []])
  })
  it('is a code where a field with choices is compared', () => {
    expect([offered("{% if codes.level == '¦"), offered("{% if codes.level in ['gold', 'gr¦"), offered("{{ 'g¦")]).toEqual([['gold', 'green'], ['green'], []])
  })
  it('is what closes the innermost block first', () => {
    expect(offered('{% for x in y %}{% if x %}{% ¦').slice(0, 3)).toEqual(['endif', 'else', 'elif'])
    expect(offered('{% for x in y %}{% if x %}{% endif %}{% end¦')).toEqual(['endfor'])
  })
  it('knows what loops, sets and macros have named, and `loop` in a loop alone', () => {
    expect(scopeAt('{% set total = 1 %}{% macro line(a, b=2) %}{% for key, item in x %}', 99).names).toEqual(['total', 'line', 'a', 'b', 'key', 'item', 'loop'])
    expect(offered('{% for item in x %}{{ it¦')).toEqual(['item'])
    expect(offered('{% for item in x %}{{ loop.fi¦')).toEqual(['first'])
    expect(offered('{% for item in x %}{% endfor %}{{ loop.fi¦')).toEqual([])
  })
  it('stands in the place of what was typed', () => expect(choicesAt('{{ record.na', 12, world).from).toBe(10))
})
