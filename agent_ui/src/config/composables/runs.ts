/** What triggers have done, in words. */
import type { TriggerCalling, TriggerRun } from '@/shared/api'
import { moment } from '@/shared/format'
import { t } from '@/shared/i18n'

/** Whether somebody came into a calling task, and what becomes of the task where it does not just run on. */
export function callingWords(calling: TriggerCalling): string {
  const came = t(`triggers.came.${calling.came}`, { task: calling.task })
  const waits = calling.came !== 'do_not_call' && calling.came !== 'no_number' && (calling.status === 'draft' || calling.status === 'paused')
  const now = calling.resumed ? t('triggers.taskNow.resumed') : waits ? t(`triggers.taskNow.${calling.status as 'draft' | 'paused'}`) : ''
  return [came, now].filter(Boolean).join(' · ')
}

/** Behind what a run says: how often it has failed, and when it is tried again. */
export const triesWords = (run: TriggerRun): string =>
  [run.tries > 1 || run.next_at ? t('triggers.tries', { n: run.tries }) : '', run.next_at ? t('triggers.nextAt', { at: moment(run.next_at) }) : ''].filter(Boolean).join(' · ')

/** Done within a moment; what waits for its next try is not. */
export const isUnderWay = (run: TriggerRun): boolean => run.state === 'waiting' && !run.next_at
/** By hand: what has failed, and what would be tried again later. */
export const canGoAgain = (run: TriggerRun): boolean => run.state === 'failed' || !!run.next_at
