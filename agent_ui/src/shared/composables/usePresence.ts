/** What runs as long as somebody is signed in: live data, the telephone, the desk. */
import { nextTick, watch } from 'vue'
import { api, isApiError } from '@/shared/api'
import { useDesk } from '@/console/composables/useDesk'
import { useSession } from '@/session/store'
import { useRealtime } from '@/shared/realtime/store'
import { useSoftphone } from '@/shared/softphone/store'

const RETRY_MS = 3000
const AGAIN_MS = 400
const TRIES = 8
const TALKS = new Set(['talking', 'hold'])

export function usePresence() {
  const session = useSession()
  const realtime = useRealtime()
  const phone = useSoftphone()
  const desk = useDesk()

  async function startPhone(): Promise<void> {
    try {
      phone.start(await api.get('/console/softphone'))
    } catch (error) {
      if (!isApiError(error)) throw error
      if (session.me && (error.offline || error.status >= 500)) setTimeout(() => void startPhone(), RETRY_MS)
    }
  }

  /** A page that was loaded anew finds its talk still standing: once its phone is there, it takes it back. */
  function takeCallBack(tries = TRIES): void {
    const done = watch(() => phone.ready && desk.agent !== null, async (known) => {
      if (!known) return
      nextTick(() => done())
      if (phone.call || !desk.call || !TALKS.has(desk.agent?.state ?? '')) return
      try {
        await api.post('/calls/{call_id}/rejoin', { params: { path: { call_id: desk.call.id } } })
      } catch (error) {
        if (!isApiError(error)) throw error
        // The exchange may learn of the phone a moment after the phone itself.
        if (tries > 1) setTimeout(() => takeCallBack(tries - 1), AGAIN_MS)
      }
    }, { immediate: true })
  }

  async function start(seated: boolean): Promise<void> {
    realtime.start()
    if (session.hasPhone && phone.line === 'off') void startPhone()
    if (!seated) return
    await desk.start()
    takeCallBack()
  }

  return { start }
}
