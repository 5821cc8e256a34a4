import { flushPromises, mount } from '@vue/test-utils'
import { Bell } from 'lucide-vue-next'
import { afterEach, expect, it } from 'vitest'
import HeadPopover from './HeadPopover.vue'

let shown: ReturnType<typeof mount>
afterEach(() => shown.unmount())

async function open() {
  shown = mount(HeadPopover, {
    props: { icon: Bell, label: 'Notices, 2 unread', title: 'Notices', count: 2, test: 'bell', modelValue: true },
    slots: { default: '<button id="first">1</button><button id="last">2</button>' },
    attachTo: document.body,
  })
  await flushPromises()
  return document.querySelector<HTMLElement>('[role=dialog]')!
}
const press = (place: Element, key: string, shiftKey = false) => place.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }))
const closed = () => shown.emitted('update:modelValue')?.at(-1)?.[0] === false
const element = (id: string) => document.getElementById(id)!

it('closes by Escape, and the button has the focus again', async () => {
  const inside = await open()
  element('first').focus()
  press(inside, 'Escape')
  expect(closed()).toBe(true)
  expect(document.activeElement?.getAttribute('data-test')).toBe('bell')
})

it.each([
  ['past its end', 'last', false],
  ['past its beginning', 'first', true],
])('leads the keyboard back to the button %s', async (_where, from, back) => {
  await open()
  element(from).focus()
  press(element(from), 'Tab', back)
  expect(closed()).toBe(true)
  expect(document.activeElement?.getAttribute('data-test')).toBe('bell')
})

it('is walked through in between', async () => {
  await open()
  element('first').focus()
  expect(press(element('first'), 'Tab')).toBe(true)
  expect(closed()).toBe(false)
})
