/** What hidden fields have left behind. */
import type { HiddenField } from '@/shared/api'

/** Asked to be purged, and neither through nor given up. */
export const isUnderWay = (one: HiddenField): boolean => one.purging !== null && one.purging !== 'failed'
