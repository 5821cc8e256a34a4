/** What a job is called, how far it is, and where what came of it lies. */
import type { Job } from '@/shared/api'
import { caption, t } from '@/shared/i18n'
import { isUnderWay } from '@/shared/records/transfer/useTransfer'

/** What the room of a user tells of a job under way. */
export type Told = Pick<Job, 'state' | 'done' | 'total'>

const PREFIX = 'job:'

/** By the job's id. */
export const toldOf = (state: Readonly<Record<string, unknown>>): Record<string, Told> =>
  Object.fromEntries(Object.entries(state).filter(([key]) => key.startsWith(PREFIX)).map(([key, value]) => [key.slice(PREFIX.length), value as Told]))

/** As it is by now: the list is as old as its last reading, and whatever has ended there stays so. */
export const asTold = (job: Job, told: Told | undefined): Job => (told && isUnderWay(job) ? { ...job, state: told.state, done: told.done, total: told.total } : job)

export const headOf = (job: Job): string => [t(`jobs.what.${job.what}`), caption(job.object?.name)].filter(Boolean).join(' · ')

/** The address of its file. */
export function fileOf(job: Job): string | null {
  if (job.what !== 'export' || job.state !== 'done' || !job.object || !job.transfer_id) return null
  return `/api/v1/objects/${job.object.identifier}/exports/${job.transfer_id}/file`
}

/** The page that tells more of it. */
export function pageOf(job: Job): string | null {
  if (!job.object) return null
  if (job.what === 'publish' || job.what === 'purge') return `/config/objects/${job.object.identifier}`
  if (job.what !== 'import' && job.what !== 'import_trial') return null
  return job.transfer_id && `/records/${job.object.identifier}/import/${job.transfer_id}`
}

/** An act on many records tells of each one that it left. */
export const hasOutcome = (job: Job): boolean => ['edit', 'delete', 'restore'].includes(job.what) && !!job.object && !!job.transfer_id
