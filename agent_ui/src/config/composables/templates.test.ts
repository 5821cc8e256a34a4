import { describe, expect, it } from 'vitest'
import type { Template } from '@/shared/api'
import { bodyOf, draftOf, sameDraft } from './templates'

const template: Template = { key: 'letter', name: { 'zh-CN': '信', en: 'Letter' }, object: null, text: 'a', output: 'text', active: true, version: 3, used_by: [], changed_at: '', changed_by: null }

describe('a draft', () => {
  it('comes from a template and goes back as the API takes it', () => {
    expect(bodyOf({ ...draftOf(template), zh: ' 信 ' })).toEqual({ name: { 'zh-CN': '信', en: 'Letter' }, object: null, text: 'a', output: 'text', active: true })
    expect(bodyOf({ ...draftOf(template), object: 'customer' }).object).toBe('customer')
  })
  it('differs when any part of it does', () => {
    expect(sameDraft(draftOf(template), draftOf(template))).toBe(true)
    expect(sameDraft(draftOf(template), { ...draftOf(template), active: false })).toBe(false)
  })
})
