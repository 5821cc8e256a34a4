import { describe, expect, it } from 'vitest'
import { begin, given, withObject, type Parameter } from './tasks'

const one = (name: string, kind: Parameter['kind'], more: Partial<Parameter> = {}): Parameter =>
  ({ name, kind, required: true, default: null, least: 0, most: 0, options: [], types: [], ...more })
const parameters = [one('days', 'number', { default: 30 }), one('object', 'object', { required: false }), one('list', 'list', { required: false }), one('field', 'field'), one('once', 'switch', { default: true })]

describe('the parameters of a command', () => {
  it('begin with what the server says, and keep what was entered', () => {
    expect(begin(parameters, { days: 7, other: 1 })).toEqual({ days: 7, object: '', list: '', field: '', once: true })
  })
  it('are nothing where they are empty and may be', () => {
    expect(given(parameters, begin(parameters))).toEqual({ days: 30, object: null, list: null, field: '', once: true })
  })
  it('lose what belongs to another object', () => {
    expect(withObject(parameters, { days: 1, object: 'a', list: 'x', field: 'phone', once: true }, 'b')).toEqual({ days: 1, object: 'b', list: '', field: '', once: true })
  })
})
