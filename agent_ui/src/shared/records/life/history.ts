/** A line of a record's history, in words. Pure. */
import type { RecordChange } from '@/shared/api'
import { t } from '@/shared/i18n'

export type Act = RecordChange['action']

/** “changed 2 fields” */
export const actWord = (line: RecordChange): string => t(`life.act.${line.action}`, { n: line.changes.length })

/** What was there and what is there now; who makes or restores a record changes nothing from something. */
export const changesOf = (line: RecordChange) =>
  (line.action === 'delete' ? [] : line.changes).map((change) => ({ ...change, from: line.action === 'create' ? null : (change.before ?? '—'), to: change.after ?? '—' }))

const QUOTED: readonly Act[] = ['comment', 'comment_change']
/** What a line is about, beside the fields; a comment that is gone says so. */
export function noteWord(line: RecordChange): string | null {
  if (line.note) return line.note
  return QUOTED.includes(line.action) ? t('life.commentGone') : null
}
