import { expect, it } from 'vitest'
import { fieldOf } from './document'
import { addField, changeField, renameKey, usesOf } from './operations'
import { askOtherwise, firstTest, operatorsFor, setCondition } from './rules'
import { docField, document, TYPES } from './testing'

const asking = (key: string) => ({ tests: [{ field: key, operator: 'eq' as const, value: 'open' }] })
const ruled = () => changeField(changeField(document(), 'subject', { when: { visible: asking('status') } }), 'due', { settings: { check: "due > status & 'status' & my_status" } })

it('follows a field to its new key, in conditions and expressions, and leaves texts alone', () => {
  const doc = renameKey(ruled(), 'status', 'state')
  expect(fieldOf(doc, 'subject')?.when).toEqual({ visible: asking('state') })
  expect(fieldOf(doc, 'due')?.settings?.check).toBe("due > state & 'status' & my_status")
})

it('follows the reference by which a field is copied', () => {
  const copying = changeField(document(), 'subject', { settings: { copied: { by: 'status', field: 'name' } } })
  expect(usesOf(copying, 'status').rules.map((field) => field.key)).toEqual(['subject'])
  expect(fieldOf(renameKey(copying, 'status', 'state'), 'subject')?.settings?.copied).toEqual({ by: 'state', field: 'name' })
})

it('knows who asks for a field', () => {
  expect(usesOf(ruled(), 'status').rules.map((field) => field.key)).toEqual(['subject', 'due'])
  expect(usesOf(ruled(), 'my_status').rules.map((field) => field.key)).toEqual(['due'])
  expect(usesOf(ruled(), 'subject').rules).toEqual([])
})

it('does not write a condition without tests', () => {
  const field = setCondition(docField('a'), 'required', asking('status'))
  expect(field.when).toEqual({ required: asking('status') })
  expect('when' in setCondition(field, 'required', { tests: [] })).toBe(false)
  expect(setCondition(setCondition(field, 'visible', asking('due')), 'required', null).when).toEqual({ visible: asking('due') })
})

it('offers what can be asked about a field', () => {
  expect(operatorsFor(document(), TYPES, 'status')).toEqual(['empty', 'filled', 'eq', 'ne', 'in', 'not_in', 'contains'])
  expect(operatorsFor(document(), TYPES, 'subject')).toEqual(['empty', 'filled', 'eq', 'ne', 'contains'])
  expect(operatorsFor(document(), TYPES, '$role')).toEqual(['in', 'not_in'])
  expect(operatorsFor(document(), TYPES, 'gone')).toEqual([])
})

it('asks about a formula as about a field that holds the same', () => {
  const doc = changeField(addField(document(), 'formula'), 'new_field', { settings: { expression: '1', result: 'number' } })
  expect(operatorsFor(doc, TYPES, 'new_field')).toEqual(operatorsFor(changeField(doc, 'new_field', { type: 'money' }), TYPES, 'new_field'))
})

it('begins with the likeliest question, and keeps the value when it is asked otherwise', () => {
  expect(firstTest(document(), TYPES, 'status')).toEqual({ field: 'status', operator: 'in', value: [] })
  expect(firstTest(document(), TYPES, 'subject')).toEqual({ field: 'subject', operator: 'eq', value: null })
  const several = { field: 'status', operator: 'in' as const, value: ['open', 'done'] }
  const field = fieldOf(document(), 'status')
  expect(askOtherwise(several, 'eq', field).value).toBe('open')
  expect(askOtherwise(several, 'not_in', field).value).toEqual(['open', 'done'])
  expect(askOtherwise({ ...several, operator: 'eq', value: 'open' }, 'in', field).value).toEqual(['open'])
  expect(askOtherwise(several, 'empty', field).value).toBeNull()
})
