/** What a notice says, and where it leads. */
import type { Notice } from '@/shared/api'
import { t } from '@/shared/i18n'

const KNOWN = ['mentioned', 'assigned', 'assigned_many', 'trigger', 'voicemail', 'query_file'] as const
const isKnown = (kind: string): kind is (typeof KNOWN)[number] => (KNOWN as readonly string[]).includes(kind)

/** A kind that this page does not know is told by its text alone. */
export function headOf(one: Notice): string {
  const who = one.made_by || t('notices.system')
  return isKnown(one.kind) ? t(`notices.kind.${one.kind}`, { who, n: one.text, count: Number(one.text) }) : t('notices.kind.other', { who })
}

export function placeOf(one: Notice): string | null {
  if (one.kind === 'voicemail') return one.record_id && `/voicemail?message=${one.record_id}`
  if (!one.object) return null
  if (one.kind === 'query_file') return `/queries/${one.object}?file=${one.record_id}`
  return one.record_id ? `/records/${one.object}/${one.record_id}` : `/records/${one.object}`
}
