import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import type { HistoryItem } from '@/shared/api'
import { i18n, setLocale, type Locale } from '@/shared/i18n'
import type { Contact } from '../composables/useContacts'
import HistoryTimeline from './HistoryTimeline.vue'

const item = (kind: HistoryItem['kind'], result: string): HistoryItem => ({
  kind, id: kind, at: '2026-11-27T02:00:00Z', object: null, title: '售后服务', agent_name: null, seconds: null, result, direction: null,
})
const past = [item('call', 'no_answer'), item('work_order', '处理中'), item('appointment', 'cancelled')]

beforeEach(() => setActivePinia(createPinia()))

it.each<[Locale, string[]]>([
  ['zh-CN', ['无人接听', '处理中', '已取消']],
  ['en', ['No answer', '处理中', 'Cancelled']],
])('tells in %s how each contact ended', async (locale, words) => {
  await setLocale(locale)
  const shown = mount(HistoryTimeline, { props: { contact: { call: null, history: past } as unknown as Contact }, global: { plugins: [i18n] } })
  for (const word of words) expect(shown.text()).toContain(word)
  expect(shown.text()).not.toMatch(/no_answer|cancelled/)
})
