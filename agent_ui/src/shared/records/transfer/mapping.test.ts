import { describe, expect, it } from 'vitest'
import type { Definition, Field, Import } from '@/shared/api'
import { assign, choiceOf, fieldsOf, problemOf, withMatch, withMode, type Choice } from './mapping'

const field = (key: string, changes: Partial<Field> = {}) => ({ key, type: 'text', label: { 'zh-CN': key, en: key }, required: false, read_only: false, default: null, ...changes }) as Field
const definition = { fields: [field('number', { type: 'serial', read_only: true }), field('name', { required: true }), field('phone', { type: 'phone' })] } as Definition
const column = (heading: string, key: string | null) => ({ heading, samples: [], field: key })
const uploaded = { columns: [column('编号', 'number'), column('姓名', 'name'), column('电话', 'phone')], mode: 'both', match: 'number', empty: 'leave', targets: ['name', 'phone'], matches: ['number', 'phone'] } as unknown as Import
const guessed = choiceOf(uploaded)
const keys = (choice: Choice) => choice.columns

describe('a file’s columns', () => {
  it('begin as the server guessed them', () => {
    expect(guessed).toEqual({ columns: ['number', 'name', 'phone'], mode: 'both', match: 'number', empty: 'leave' })
    expect(problemOf(guessed, definition)).toBeNull()
  })

  it('share no field: the column chosen last has it', () => {
    expect(keys(assign(guessed, 2, 'name'))).toEqual(['number', null, 'name'])
    expect(keys(assign(assign(guessed, 1, null), 2, null))).toEqual(['number', null, null])
  })

  it('may be the number only while records are found', () => {
    const create = withMode(guessed, 'create', uploaded)
    expect(create).toMatchObject({ columns: [null, 'name', 'phone'], match: null })
    expect(fieldsOf(definition, uploaded, create).map((one) => one.key)).toEqual(['name', 'phone'])
    expect(fieldsOf(definition, uploaded, guessed).map((one) => one.key)).toEqual(['number', 'name', 'phone'])
  })

  it('propose what records are found by when the mode asks for it', () => {
    const again = withMode(withMode(guessed, 'create', uploaded), 'update', uploaded)
    expect(again).toMatchObject({ mode: 'update', match: 'phone' })
    expect(withMatch(guessed, 'phone', uploaded)).toMatchObject({ columns: [null, 'name', 'phone'], match: 'phone' })
  })
})

describe('a trial is kept back', () => {
  it.each([
    ['nothing becomes a field', { ...guessed, columns: [null, null, null] }, 'transfer.noneMapped'],
    ['a new record would lack what is required', { ...guessed, mode: 'create', match: null, columns: [null, null, 'phone'] }, 'transfer.missing'],
    ['nobody said what records are found by', { ...guessed, match: null }, 'transfer.chooseMatch'],
    ['that has no column', { ...guessed, columns: [null, 'name', 'phone'] }, 'transfer.matchUnmapped'],
  ] as [string, Choice, string][])('while %s', (_, choice, problem) => {
    expect(problemOf(choice, definition)?.key).toBe(problem)
  })

  it('by nothing that the system fills in itself', () => {
    const own = { fields: [...definition.fields, field('made', { required: true, read_only: true }), field('level', { required: true, default: 'normal' })] } as Definition
    expect(problemOf({ ...guessed, mode: 'create', match: null, columns: [null, 'name', null] }, own)).toBeNull()
  })
})
