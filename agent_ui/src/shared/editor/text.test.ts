import { describe, expect, it } from 'vitest'
import { fitting, inLines, lineSpan, markedTokens, spanOf, type Choice, type Token } from './text'

const plain = (text: string): Token[] => [{ text, kind: 'plain' }]

describe('a problem', () => {
  it('is found at its place, and at the last one when it lies behind the text', () => {
    expect(spanOf('ab\ncd', { line: 2, column: 1, length: 2 })).toEqual([3, 5])
    expect(spanOf('ab', { line: 1, column: 9, length: 4 })).toEqual([1, 2])
  })
  it('is a whole line without what it is indented by, where no more is known', () => {
    expect(spanOf('ab\n  cd e\n', { line: 2, column: 1, length: 0 })).toEqual([5, 9])
  })
  it('cuts the tokens that it reaches into', () => {
    const marked = markedTokens('abcdef', plain('abcdef'), [{ line: 1, column: 3, length: 2, said: '' }])
    expect(marked.map((one) => [one.text, one.bad])).toEqual([['ab', false], ['cd', true], ['ef', false]])
  })
})

it('lines are found by their number, the last and what is behind it as well', () => {
  const text = 'ab\n\ncde'
  expect([1, 2, 3, 4].map((line) => text.slice(...lineSpan(text, line)))).toEqual(['ab', '', 'cde', ''])
})

it('tokens stand in lines, empty ones too, and none of their text is lost', () => {
  const lines = inLines([{ text: 'a\n\nb', kind: 'text', bad: false }, { text: 'c', kind: 'word', bad: true }])
  expect(lines.map((line) => line.map((one) => one.text).join(''))).toEqual(['a', '', 'bc'])
})

it('what is typed already is no choice any more', () => {
  const choices = ['date', 'datetime', 'Time'].map((text): Choice => ({ text, kind: 'filter', about: '' }))
  expect(fitting(choices, 'date', 9).map((one) => one.text)).toEqual(['datetime'])
  expect(fitting(choices, 't', 9).map((one) => one.text)).toEqual(['Time'])
  expect(fitting(choices, '', 2)).toHaveLength(2)
})
