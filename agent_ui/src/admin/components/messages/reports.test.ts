import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { Channel } from '@/shared/api'
import { i18n, setLocale } from '@/shared/i18n'
import { newReports } from '../../composables/messages'
import ReportAddress from './ReportAddress.vue'
import ReportFields from './ReportFields.vue'

const plugins = [i18n, createPinia()]
beforeAll(() => setLocale('en'))
afterEach(() => vi.unstubAllGlobals())

it('begins with what most gateways say, takes values apart, and is nothing when it is switched off', async () => {
  const shown = mount(ReportFields, { props: { modelValue: null, errors: { 'sms.reports.delivered.0': 'too long' } }, global: { plugins } })
  expect(shown.find('[data-test=report-id]').exists()).toBe(false)
  await shown.get('[data-test=channel-reports] input').setValue(true)
  expect(shown.emitted('update:modelValue')).toEqual([[newReports()]])
  const reports = newReports()
  await shown.setProps({ modelValue: reports })
  await shown.get('input[data-test=report-delivered]').setValue('DELIVRD, 0，ok')
  expect(reports.delivered).toEqual(['DELIVRD', '0', 'ok'])
  expect(shown.findAllComponents({ name: 'ElFormItem' }).filter((one) => one.props('error') === 'too long')).toHaveLength(1)
  await shown.get('[data-test=channel-reports] input').setValue(false)
  expect(shown.emitted('update:modelValue')?.at(-1)).toEqual([null])
})
it('shows an address once, and nothing of it when it is opened again', async () => {
  const asked: [string, string | null][] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push([`${request.method} ${new URL(request.url).pathname}`, request.headers.get('If-Match')])
    return new Response(JSON.stringify({ path: '/api/v1/delivery-reports/c/secret', version: 3 }), { status: 201, headers: { 'Content-Type': 'application/json' } })
  })
  const channel = { id: 'c', version: 2, has_report_address: false } as unknown as Channel
  const shown = mount(ReportAddress, { props: { modelValue: true, channel }, global: { plugins, stubs: { teleport: true, transition: true } } })
  await flushPromises()
  await shown.get('[data-test=report-address-make]').trigger('click')
  await flushPromises()
  expect(asked).toEqual([['POST /api/v1/message-channels/c/report-address', '"2"']])
  expect(shown.get('[data-test=report-address]').text()).toBe(`${location.origin}/api/v1/delivery-reports/c/secret`)
  expect(shown.emitted('made')).toHaveLength(1)
  await shown.setProps({ modelValue: false })
  await shown.setProps({ modelValue: true })
  await flushPromises()
  expect(shown.find('[data-test=report-address]').exists()).toBe(false)
})
