/** Who fills in a form, and when, as conditions ask about it. */
import { useSession } from '@/session/store'
import type { Around } from '@/shared/expressions/conditions'
import { day } from '@/shared/format'

export function useAround(): () => Around {
  const session = useSession()
  return () => ({ role: session.me?.user.role ?? '', userId: session.me?.user.id ?? '', today: day(Date.now()) })
}
