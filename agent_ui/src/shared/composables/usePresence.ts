/** What runs as long as somebody is signed in: live data, the telephone, the desk. */
import { api, isApiError } from '@/shared/api'
import { useDesk } from '@/console/composables/useDesk'
import { useSession } from '@/session/store'
import { useRealtime } from '@/shared/realtime/store'
import { useSoftphone } from '@/shared/softphone/store'

const RETRY_MS = 3000

export function usePresence() {
  const session = useSession()
  const realtime = useRealtime()
  const phone = useSoftphone()

  async function startPhone(): Promise<void> {
    try {
      phone.start(await api.get('/console/softphone'))
    } catch (error) {
      if (!isApiError(error)) throw error
      if (session.me && (error.offline || error.status >= 500)) setTimeout(() => void startPhone(), RETRY_MS)
    }
  }

  async function start(seated: boolean): Promise<void> {
    realtime.start()
    if (session.hasPhone && phone.line === 'off') void startPhone()
    if (seated) await useDesk().start()
  }

  return { start }
}
