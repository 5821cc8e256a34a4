import { expect, it } from 'vitest'
import { setTimeZone } from '@/shared/format'
import { fromInstant, toInstant } from './zone'

it.each(['Asia/Shanghai', 'America/New_York', 'UTC'])('wall time of %s comes back as the instant it was', (name) => {
  setTimeZone(name)
  const instant = '2026-11-23T02:38:00.000Z'
  expect(toInstant(fromInstant(instant))).toBe(instant)
})
