import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { DesignChange } from '@/shared/api'
import { useDrag } from '@/shared/composables/useDrag'
import { setLocale } from '@/shared/i18n'
import { attributeWord, changeWord, effectsWord } from './words'

const change = (changes: Partial<DesignChange>): DesignChange => ({ what: 'field.changed', subject: 'x', label: { 'zh-CN': '地址', en: 'Address' }, attribute: null, before: null, after: null, effects: [], ...changes })
beforeAll(() => setLocale('en'))

describe('a change in words', () => {
  it.each<[Partial<DesignChange>, string]>([
    [{ what: 'field.added' }, 'Field “Address” added'],
    [{ what: 'field.removed', label: null }, 'Field “x” removed'],
    [{ attribute: 'required', before: null, after: true }, 'Field “Address”: Required No → Yes'],
    [{ attribute: 'settings.max_length', before: 40, after: null }, 'Field “Address”: Longest 40 → —'],
    [{ attribute: 'label.en', before: 'Adress', after: 'Address' }, 'Field “Address”: Label (English) Adress → Address'],
    [{ what: 'field.type', before: 'text', after: 'integer' }, 'Type of field “Address”: Text → Integer'],
    [{ attribute: 'when.visible', before: null, after: { tests: [{}, {}] } }, 'Field “Address”: Shown when — → 2 conditions'],
    [{ what: 'permissions.changed', label: null, attribute: 'edit.agent', before: 'own', after: 'all' }, 'Roles: Edit · Agent Own → All'],
    [{ what: 'permissions.changed', label: null, attribute: 'delete.leader', before: null, after: 'team' }, 'Roles: Delete · Team leader — → Team'],
    [{ attribute: 'rights.agent', before: 'write', after: 'hide' }, 'Field “Address”: Agent Change → Hidden'],
    [{ what: 'list.changed', label: null, attribute: 'columns', before: ['a', 'due'], after: ['due', 'a'] }, 'List: Columns reordered'],
    [{ what: 'list.changed', label: null, attribute: 'sort', before: '-due', after: 'due' }, 'List: Order Due ↓ → Due'],
    [{ attribute: 'options', before: [], after: [{ value: 'a', label: { 'zh-CN': '甲', en: 'First' } }] }, 'Field “Address”: Options + First'],
    [{ what: 'object.changed', label: null, attribute: 'duplicates', before: [], after: [{ fields: ['due'], how: 'exact' }] }, 'Object: Duplicates + Due (All the same)'],
    [{ what: 'object.changed', label: null, attribute: 'log_tab', before: true, after: false }, 'Object: Show the history Yes → No'],
    [{ attribute: 'copied', before: null, after: { by: 'part', field: 'price' } }, 'Field “Address”: Copied from — → part · price'],
    [{ attribute: 'unheard', before: { odd: 1 }, after: null }, 'Field “Address”: unheard {"odd":1} → —'],
  ])('%j', (given, words) => expect(changeWord(change(given), new Map([['due', 'Due']]))).toBe(words))

  it('counts what it does to the table', () => {
    expect(effectsWord([{ effects: ['column', 'index'] }, { effects: ['column'] }])).toBe('columns 2, indexes 1')
    expect(attributeWord('settings.rule')).toBe('Rule')
    expect(attributeWord('permissions.edit.leader')).toBe('Edit · Team leader')
  })
})

it('drops a thing before or after the one it is held over, where it may lie', () => {
  const drop = vi.fn()
  const drag = useDrag<string>({ allows: (_item, target) => target !== 'no', drop })
  const event = (clientY: number) => ({ clientY, preventDefault: vi.fn(), currentTarget: { getBoundingClientRect: () => ({ top: 0, height: 20 }) } }) as unknown as DragEvent
  drag.on('a').onDragstart(event(0))
  drag.on('no').onDragover(event(5))
  drag.on('b').onDragover(event(15))
  expect(drag.look('b')).toEqual({ dragged: false, before: false, after: true })
  drag.on('b').onDrop(event(15))
  expect(drop.mock.calls).toEqual([['a', 'b', true]])
  drag.on('b').onDrop(event(15))
  expect([drop.mock.calls.length, drag.item.value]).toEqual([1, null])
})
