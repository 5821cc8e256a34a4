import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { i18n } from '@/shared/i18n'
import CodeField from './CodeField.vue'
import { jinja } from './jinja'
import type { Problem } from './text'

const language = jinja({
  names: [{ text: 'record', about: '', members: [{ text: 'name', about: '名称' }, { text: 'note', about: '备注' }] }],
  functions: [], filters: [{ text: 'pinyin', about: '拼音', more: { signature: "pinyin(separator=' ')", example: "{{ '王' | pinyin }}", result: 'wang' } }], html: false,
})
let field: ReturnType<typeof mount<typeof CodeField>>
const box = () => field.find('textarea').element as HTMLTextAreaElement
const offered = () => [...document.querySelectorAll('[role=option] .name')].map((one) => one.textContent)
/** As it is typed: the stroke is the cursor. */
async function type(text: string): Promise<void> {
  const at = text.indexOf('¦')
  await field.setProps({ modelValue: text.replace('¦', '') })
  box().setSelectionRange(at, at)
  await field.find('textarea').trigger('input')
}
const press = async (key: string) => {
  await field.find('textarea').trigger('keydown', { key })
  await nextTick()
}
const open = (problems: Problem[] = []) => {
  field = mount(CodeField, {
    props: { id: 'text', modelValue: '', language, problems, most: 500, 'onUpdate:modelValue': (modelValue: string) => void field.setProps({ modelValue }) },
    global: { plugins: [i18n] }, attachTo: document.body,
  })
}

beforeEach(() => open())
afterEach(() => field.unmount())

describe('what may follow', () => {
  it('is offered as one types, chosen with arrows and taken with Enter', async () => {
    await type('a {{ record.n¦ }}')
    expect(offered()).toEqual(['name', 'note'])
    expect(field.find('textarea').attributes('aria-activedescendant')).toBe('text-choice-0')
    await press('ArrowDown')
    await press('Enter')
    expect(field.props('modelValue')).toBe('a {{ record.note }}')
    expect(box().selectionStart).toBe(16)
    expect(offered()).toEqual([])
  })
  it('says of an instruction what it takes and comes to', async () => {
    await type('{{ record.name | p¦')
    expect(document.querySelector('[data-test=editor-more]')?.textContent).toContain("pinyin(separator=' ')")
    expect(document.querySelector('[data-test=editor-more]')?.textContent).toContain('→ wang')
  })
  it('goes with Esc, and Tab leaves the field where nothing is offered', async () => {
    await type('{{ record.n¦')
    await press('Escape')
    expect(offered()).toEqual([])
    const tab = new KeyboardEvent('keydown', { key: 'Tab', cancelable: true })
    box().dispatchEvent(tab)
    expect(tab.defaultPrevented).toBe(false)
  })
})

it('underlines what is wrong at its line, and goes there', async () => {
  field.unmount()
  open([{ line: 2, column: 1, length: 0, said: 'no' }])
  await type('one\n  two¦')
  expect(field.findAll('pre .bad').map((one) => one.text()).join('')).toBe('two')
  expect(field.find('textarea').attributes('aria-invalid')).toBe('true')
  field.vm.goToLine(2)
  expect([box().selectionStart, box().selectionEnd]).toEqual([4, 9])
})

it('makes what is inserted of the text around the cursor', async () => {
  await type('a¦b')
  field.vm.insert((before, after) => `<${before}|${after}>`)
  await nextTick()
  expect(box().value).toBe('a<a|b>b')
})
it('puts in what is inserted where the cursor was', async () => {
  await type('a¦b')
  field.vm.insert('X')
  await nextTick()
  expect(field.props('modelValue')).toBe('aXb')
})

describe('as a browser types', () => {
  /** It says that there is other text before anybody is told of it, and the model comes later. */
  const here = (text: string, of: EventInit & { isComposing?: boolean } = {}) => {
    box().value = text
    box().setSelectionRange(text.length, text.length)
    box().dispatchEvent(Object.assign(new Event('input'), { isComposing: false, ...of }))
  }
  it('offers what suits the text that is there, though the model is still what it was', async () => {
    box().dispatchEvent(new Event('compositionstart'))
    here('{{ 王')
    box().value = '{{ record.n'
    box().setSelectionRange(11, 11)
    // Vue takes no text over while there is a composition: the model is empty.
    box().dispatchEvent(Object.assign(new Event('input'), { isComposing: false }))
    await nextTick()
    expect([field.props('modelValue'), offered()]).toEqual(['', ['name', 'note']])
  })
  it('offers nothing while characters are composed', async () => {
    here('{{ record.n', { isComposing: true })
    await nextTick()
    expect(offered()).toEqual([])
  })
  it('keeps what it offers while a long line slides', async () => {
    await type('{{ record.n¦')
    await field.find('textarea').trigger('scroll')
    expect(offered()).toEqual(['name', 'note'])
    box().scrollTop = 400
    await field.find('textarea').trigger('scroll')
    expect(offered()).toEqual([])
  })
  it('offers nothing after what was inserted by a click', async () => {
    document.execCommand = (_: string, __?: boolean, word = '') => {
      here(word)
      return true
    }
    field.vm.insert('{{ record.n')
    await nextTick()
    await nextTick()
    Reflect.deleteProperty(document, 'execCommand')
    expect([field.props('modelValue'), offered()]).toEqual(['{{ record.n', []])
  })
})
