import { mount } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import type { DeskCall } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import CallFacts from './CallFacts.vue'

const plain = { id: '1', direction: 'outbound', number_kind: 'e164', location: {}, service: { id: 's', name: 'Sales' }, waited_seconds: null, callback: false, callback_note: '' }
const facts = (call: object) => mount(CallFacts, { props: { name: 'Li', number: '138 **** 6207', call: { ...plain, ...call } as unknown as DeskCall }, global: { plugins: [i18n] } }).find('[data-test=bar-facts]')

beforeAll(() => setLocale('en'))

it('says of a callback what the customer asked for, whole at the pointer', () => {
  const shown = facts({ callback: true, callback_note: 'Prices of the large plan' })
  expect(shown.text()).toBe('Callback · Prices of the large plan · Sales')
  expect(shown.attributes('title')).toBe('Prices of the large plan')
})

it('says nothing of it for any other call', () => expect(facts({}).text()).toBe('Sales'))
