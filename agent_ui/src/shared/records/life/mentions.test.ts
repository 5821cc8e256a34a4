import { describe, expect, it } from 'vitest'
import { named, piecesOf, toStored, toTyped, type Person } from './mentions'

const wei: Person = { id: '00000000-0000-7000-8000-000000000001', name: '王伟' }
const ming: Person = { id: '00000000-0000-7000-8000-000000000002', name: '王伟明' }

describe('a mention', () => {
  it('is kept by id', () => expect(toStored('请 @王伟 看一下', [wei])).toBe(`请 @{${wei.id}} 看一下`))

  it('of a longer name is not cut short by a shorter one', () =>
    expect(toStored('@王伟明 和 @王伟', [wei, ming])).toBe(`@{${ming.id}} 和 @{${wei.id}}`))

  it('comes back as it was typed', () => expect(toTyped(toStored('@王伟明，@王伟', [wei, ming]), [wei, ming])).toBe('@王伟明，@王伟'))

  it('of somebody who was not picked is text', () => expect(toStored('@李强 你好', [wei])).toBe('@李强 你好'))

  it('counts only while the text names it', () => {
    expect(named('@王伟 看', [wei, ming])).toEqual([wei])
    expect(named('谁看', [wei])).toEqual([])
  })
})

describe('a comment is shown in pieces', () => {
  it('with its people apart', () =>
    expect(piecesOf(`a @{${wei.id}} b`, [wei])).toEqual([{ text: 'a ' }, { text: '@王伟', person: wei }, { text: ' b' }]))

  it('and whom nobody knows any more is not told by id', () => expect(piecesOf(`@{${wei.id}}`, [])).toEqual([{ text: '@…' }]))

  it('and markup stays text', () => expect(piecesOf('<b>1</b>', [])).toEqual([{ text: '<b>1</b>' }]))
})
