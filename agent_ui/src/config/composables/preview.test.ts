import { expect, it } from 'vitest'
import { serialExample } from './serial'
import { changeOption, depthOf, nextOption, parentsFor, removeOption } from './options'
import { unread } from './document'
import { placeOf, problemsAt, problemsFrom } from './problems'
import { previewOf, previewValues, sees } from './preview'
import { docField, document, TYPES } from './testing'
import { familiesOf } from './types'
import { setAccess, setReach, setSetting, setSource } from './operations'

it('draws a document as the definition it will be', () => {
  const seen = previewOf(document(), TYPES, 3)
  expect(seen.groups.map((group) => group.fields)).toEqual([['number', 'subject'], ['status', 'due']])
  expect(seen.fields[0]).toMatchObject({ key: 'number', read_only: true, sortable: true })
  expect(seen.fields[2]?.options[0]).toEqual({ value: 'open', label: { 'zh-CN': '开', en: 'Open' }, color: null, parent: null, active: true, closed: false })
  expect(seen.fields[3]).toMatchObject({ width: 1, sortable: false, default: null, help: null })
})

it('draws the options of a code table as far as they are loaded', () => {
  const doc = setSource(document(), 'status', 'states')
  const states = [{ value: 'new', label: { 'zh-CN': '新', en: 'New' } }]
  expect(previewOf(doc, TYPES, 1).fields[2]?.options).toEqual([])
  expect(previewOf(doc, TYPES, 1, { states }).fields[2]?.options.map((option) => option.value)).toEqual(['new'])
})

it('is seen with the eyes of a role', () => {
  const doc = setAccess(setAccess(setAccess(document(), 'due', 'agent', 'hide'), 'status', 'agent', 'mask'), 'subject', 'agent', 'read')
  const seen = previewOf(doc, TYPES, 1, {}, 'agent')
  expect(seen.fields.map((field) => [field.key, field.access])).toEqual([['number', 'write'], ['subject', 'read'], ['status', 'mask']])
  expect(seen.groups[1]?.fields).toEqual(['status'])
  expect(seen.fields[2]).toMatchObject({ sortable: false, filterable: false, in_search: false, default: '***' })
  expect(previewOf(doc, TYPES, 1, {}, 'admin').fields).toHaveLength(4)
})

it('knows who may do what, and what is granted in vain', () => {
  const doc = setReach(setReach(document(), 'edit', 'agent', 'team'), 'read', 'agent', 'own')
  expect([sees(doc, 'agent', 'edit'), sees(doc, 'leader', 'edit'), sees(doc, 'admin', 'read')]).toEqual([true, false, true])
  expect([unread(doc, 'edit', 'agent'), unread(doc, 'edit', 'leader'), unread(doc, 'create', 'agent')]).toEqual([true, false, false])
  expect(unread(setReach(doc, 'create', 'leader', 'all'), 'create', 'leader')).toBe(true)
})

it('survives what contradicts itself', () => {
  const doc = document({ groups: [{ key: 'a', label: { 'zh-CN': '', en: '' }, fields: [docField('x'), docField('x'), docField('y', 'unheard' as never), docField('m', 'money')] }] })
  const seen = previewOf(doc, TYPES, 0)
  expect(seen.fields.map((field) => field.key)).toEqual(['x', 'm'])
  expect(seen.groups[0]?.fields).toEqual(['x', 'm'])
  expect(seen.fields[1]?.sign).toBe('¥')
})

it('keeps what was tried out, and takes a new default', () => {
  const before = previewOf(document(), TYPES, 0)
  const after = previewOf(setSetting(document(), 'status', 'default', 'open'), TYPES, 0)
  expect(previewValues(before, after, { subject: 'x', status: null })).toMatchObject({ subject: 'x', status: 'open' })
})

it.each([
  ['GD{yyyyMMdd}{seq:5}', 'GD2026112700001'], ['KH{seq:8}', 'KH00000001'], ['{yyyyMM}-{seq:1}', '202611-1'], ['GD', null], ['{seq:2}{seq:3}', null], ['{mm}{seq:2}', null],
])('%s looks like %s', (rule, example) => expect(serialExample(rule, new Date('2026-11-27T04:00:00Z'))).toBe(example))

it('finds the place of a problem', () => {
  const doc = document()
  expect(placeOf(doc, 'status.options')).toEqual({ tab: 'fields', field: 'status', part: 'options' })
  expect(placeOf(doc, 'groups.1.fields.1.label.en')).toEqual({ tab: 'fields', field: 'due', part: 'label.en' })
  expect(placeOf(doc, 'groups.0.label.en')).toEqual({ tab: 'fields', group: 'base', part: 'label.en' })
  expect(placeOf(doc, 'links.due').tab).toBe('basic')
  expect(placeOf(doc, 'cached').tab).toBe('basic')
  expect(placeOf(doc, 'list.columns.gone').tab).toBe('list')
  expect(problemsAt(doc, problemsFrom({ 'status.options': ['none'], 'groups.1.fields.0.settings.help.en': ['long'], due: ['odd'] }), 'status')).toEqual({ options: 'none', help: 'long' })
})

it('keeps a cascade whole', () => {
  const label = { 'zh-CN': '', en: '' }
  const options = [{ value: 'a', label }, { value: 'b', label, parent: 'a' }, { value: 'c', label, parent: 'b' }]
  expect(depthOf(options, options[2]!)).toBe(2)
  expect(depthOf([{ value: 'a', label, parent: 'a' }], { value: 'a', label, parent: 'a' })).toBe(1)
  expect(changeOption(options, 0, { value: 'z' }).map((one) => one.parent)).toEqual([undefined, 'z', 'b'])
  expect(removeOption(options, 1).map((one) => one.parent)).toEqual([undefined, 'a'])
  expect(parentsFor(options, options[1]!).map((one) => one.value)).toEqual(['a'])
  expect(nextOption([{ value: 'option_2', label }]).value).toBe('option_2_2')
  expect(changeOption(options, 1, { active: true, closed: false, parent: '' })[1]).toEqual({ value: 'b', label })
})

it('offers the types the server knows, by any word for them', () => {
  expect(familiesOf(TYPES).map((family) => family.key)).toEqual(['text', 'numbers', 'dates', 'choices', 'contact'])
  expect(familiesOf(TYPES, '金额', (type) => (type === 'money' ? '金额' : ''))).toEqual([{ key: 'numbers', types: ['money'] }])
})
