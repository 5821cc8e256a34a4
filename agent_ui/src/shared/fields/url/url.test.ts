import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { field } from '../testing'
import { kind } from '.'
import Display from './display.vue'

it.each([
  ['https://example.cn/a?b=1#c', null],
  ['http://例子.cn/路', null],
  ['example.cn', 'fields.url'],
  ['javascript:alert(1)', 'fields.url'],
  ['https://bank.cn@evil.cn/', 'fields.url'],
  ['https://a b', 'fields.url'],
])('%s → %o', (value, problem) => expect(kind.check?.(field({ type: 'url' }), value)?.key ?? null).toBe(problem))

it('leads to the address in a window that knows nothing of ours', () => {
  const link = mount(Display, { props: { field: field({ type: 'url' }), value: 'https://example.cn' } }).get('a')
  expect(link.attributes()).toMatchObject({ href: 'https://example.cn', rel: 'noopener noreferrer', target: '_blank' })
})

it('leads nowhere from what is no address', () => {
  const shown = mount(Display, { props: { field: field({ type: 'url' }), value: 'javascript:alert(1)' } })
  expect(shown.find('a').exists()).toBe(false)
  expect(shown.text()).toBe('javascript:alert(1)')
})
