/** Templates as they are worked on, and what is written into them often. Pure. */
import type { Template } from '@/shared/api'

export type Output = Template['output']
/** A template as it stands on the page; `object`: '' for any. */
export interface Draft { zh: string; en: string; object: string; text: string; output: Output; active: boolean }

export const OUTPUTS: Output[] = ['text', 'html']
export const MOST_CHARACTERS = 65536

export const draftOf = (one: Template): Draft => ({ zh: one.name['zh-CN'] ?? '', en: one.name.en ?? '', object: one.object ?? '', text: one.text, output: one.output, active: one.active })
export const bodyOf = (draft: Draft) => ({ name: { 'zh-CN': draft.zh.trim(), en: draft.en.trim() }, object: draft.object || null, text: draft.text, output: draft.output, active: draft.active })
export const sameDraft = (one: Draft, other: Draft): boolean => (Object.keys(one) as (keyof Draft)[]).every((name) => one[name] === other[name])

/** What is there beside the record, and what is written often; `key` names its caption. */
export const SNIPPETS = [
  { key: 'today', text: "{{ now | date('long') }}" },
  { key: 'enterprise', text: '{{ enterprise.name }}' },
  { key: 'signature', text: '{{ signature }}' },
  { key: 'otherwise', text: "{{ record.name | default('—', true) }}" },
  { key: 'condition', text: '{% if record.name %}\n\n{% endif %}' },
  { key: 'choice', text: "{% if codes.status == 'open' %}\n\n{% endif %}" },
] as const

/** How a result is looked at: as it is, as it stands in a letter, as it stands on a telephone. */
export type Look = 'plain' | 'mail' | 'sms'
export const LOOKS: Record<Output, Look[]> = { text: ['plain', 'sms', 'mail'], html: ['plain', 'mail'] }
