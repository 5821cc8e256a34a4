import { describe, expect, it } from 'vitest'
import { fieldOf, freeKey, groupOf, keyFrom, keysOf } from './document'
import * as act from './operations'
import { document } from './testing'

describe('keys', () => {
  it.each([
    ['Visit address', 'visit_address'], ['  E-mail (2nd)', 'e_mail_2nd'], ['3rd party', 'rd_party'], ['机身编号', ''], ['Numéro', 'nume_ro'], ['x', 'x_1'], ['a'.repeat(60), 'a'.repeat(40)],
  ])('%s → %s', (text, key) => expect(keyFrom(text)).toBe(key))

  it('finds the next free one, never longer than allowed', () => {
    expect(freeKey(['a1', 'a1_2'], 'a1')).toBe('a1_3')
    expect(freeKey(['a'.repeat(40)], 'a'.repeat(40))).toHaveLength(40)
  })

  it('follow the English label until they are typed by hand', () => {
    const doc = act.addField(document(), 'text')
    const field = fieldOf(doc, 'new_field')!
    expect(act.keyAfter(doc, field, 'Visit address')).toBe('visit_address')
    expect(act.keyAfter(doc, field, 'Status')).toBe('status_2')
    expect(act.keyAfter(doc, { ...field, key: 'mine' }, 'Visit address')).toBe('mine')
    expect(act.keyAfter(doc, field, '')).toBe('new_field')
  })
})

describe('fields', () => {
  it('are added after another, or at the end of a group, with what their type needs', () => {
    expect(keysOf(act.addField(document(), 'text', { after: 'number' }))).toEqual(['number', 'new_field', 'subject', 'status', 'due'])
    const doc = act.addField(document(), 'choice', { group: 'base' })
    expect(groupOf(doc, 'new_field')?.key).toBe('base')
    expect(fieldOf(doc, 'new_field')?.settings?.options).toHaveLength(1)
    expect(keysOf(act.addField(document({ groups: [] }), 'text'))).toEqual(['new_field'])
    expect(fieldOf(act.addField(document(), 'reference'), 'new_field')?.indexed).toBe(true)
    expect(fieldOf(act.changeType(document(), 'subject', 'user', []), 'subject')?.indexed).toBe(true)
  })

  it('take their key along into columns, order, links, key and title', () => {
    let doc = act.renameKey(document(), 'subject', 'topic')
    expect([doc.title_field, doc.list.columns]).toEqual(['topic', ['topic', 'created_at']])
    doc = act.renameKey(doc, 'due', 'due_at')
    expect([doc.links.due, doc.list.sort]).toEqual(['due_at', '-due_at'])
    expect(act.renameKey(doc, 'number', 'status')).toBe(doc)
  })

  it('leave nothing behind when they are removed', () => {
    const doc = act.removeField(act.removeField(document(), 'due'), 'subject')
    expect(keysOf(doc)).toEqual(['number', 'status'])
    expect([doc.links, doc.list, doc.title_field]).toEqual([{ status: 'status' }, { columns: ['created_at'], sort: '-created_at' }, ''])
  })

  it('move within a group, into another and to its edge', () => {
    expect(keysOf(act.placeField(document(), 'due', 'number', true))).toEqual(['number', 'due', 'subject', 'status'])
    expect(keysOf(act.placeField(document(), 'number', 'subject', true))).toEqual(['subject', 'number', 'status', 'due'])
    expect(groupOf(act.placeInGroup(document(), 'number', 'more'), 'number')?.fields[0]?.key).toBe('number')
    const down = act.stepField(document(), 'subject', 1)
    expect([keysOf(down), groupOf(down, 'subject')?.key]).toEqual([keysOf(document()), 'more'])
    expect(keysOf(act.stepField(down, 'subject', 1))).toEqual(['number', 'status', 'subject', 'due'])
    expect(keysOf(act.stepField(document(), 'number', -1))).toEqual(keysOf(document()))
  })

  it('keep what a new type knows, and start with what it needs', () => {
    const long = act.setSetting(act.setSetting(document(), 'subject', 'max_length', 40), 'subject', 'default', 'x')
    expect(fieldOf(act.changeType(long, 'subject', 'long_text', ['default', 'max_length']), 'subject')?.settings).toEqual({ max_length: 40 })
    expect(fieldOf(act.changeType(long, 'subject', 'serial', ['rule']), 'subject')).toMatchObject({ read_only: true, settings: { rule: 'NO{yyyyMMdd}{seq:5}' } })
  })

  it('take options from a code table or from the field itself, never both', () => {
    const coded = act.setSource(document(), 'status', 'states')
    expect(fieldOf(coded, 'status')?.settings).toMatchObject({ codes: 'states' })
    expect(fieldOf(coded, 'status')?.settings).not.toHaveProperty('options')
    const many = act.changeType(coded, 'status', 'choices', ['options', 'codes'])
    expect(fieldOf(many, 'status')?.settings).toEqual({ codes: 'states' })
    const own = fieldOf(act.setSource(many, 'status', null), 'status')?.settings
    expect(own).not.toHaveProperty('codes')
    expect(own?.options).toHaveLength(1)
  })

  it('write neither flags that are off nor settings without a value', () => {
    const on = act.setFlag(document(), 'due', 'required', true)
    expect(fieldOf(on, 'due')?.required).toBe(true)
    expect(fieldOf(act.setFlag(on, 'due', 'required', false), 'due')).toEqual(fieldOf(document(), 'due'))
    expect(fieldOf(act.setSetting(document(), 'number', 'rule', ''), 'number')?.settings).toEqual({})
  })

  it('are in the list as a column and as a mark, or neither', () => {
    const doc = act.setFlag(document(), 'due', 'in_list', true)
    expect([doc.list.columns, fieldOf(doc, 'due')?.in_list]).toEqual([['subject', 'created_at', 'due'], true])
    const less = act.setColumns(doc, ['created_at', 'due'])
    expect([fieldOf(less, 'subject')?.in_list, fieldOf(less, 'due')?.in_list]).toEqual([undefined, true])
  })
})

describe('groups', () => {
  it('leave their fields to a neighbour, and the last one stays', () => {
    const doc = act.removeGroup(document(), 'base')
    expect([doc.groups.length, keysOf(doc)]).toEqual([1, keysOf(document())])
    expect(keysOf(act.removeGroup(document(), 'more'))).toEqual(keysOf(document()))
    expect(act.removeGroup(doc, 'more')).toBe(doc)
  })

  it('move, and get keys of their own', () => {
    expect(act.placeGroup(document(), 'more', 'base', false).groups.map((group) => group.key)).toEqual(['more', 'base'])
    expect(act.stepGroup(document(), 'base', 1).groups.map((group) => group.key)).toEqual(['more', 'base'])
    expect(act.addGroup(act.addGroup(document())).groups.map((group) => group.key)).toEqual(['base', 'more', 'group', 'group_2'])
  })
})

it('changes nothing that it was given', () => {
  const doc = document()
  const before = structuredClone(doc)
  act.removeField(act.setReach(act.setLink(act.addGroup(doc), 'customer', 'due'), 'edit', 'agent', 'own'), 'status')
  expect(doc).toEqual(before)
})

it('gives and takes rights and links', () => {
  expect(act.setReach(document(), 'read', 'agent', 'team').permissions.read).toEqual({ admin: 'all', agent: 'team' })
  expect(act.setReach(document(), 'read', 'admin', 'none').permissions.read).toEqual({})
  expect(act.setLink(document(), 'due', '').links).toEqual({ status: 'status' })
  const masked = act.setAccess(document(), 'due', 'agent', 'mask')
  expect(fieldOf(masked, 'due')?.rights).toEqual({ agent: 'mask' })
  expect(fieldOf(act.setAccess(masked, 'due', 'agent', 'write'), 'due')).not.toHaveProperty('rights')
})
