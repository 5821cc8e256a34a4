/** Signing in: one attempt at a time, a lock-out counted down, the computer's memory of who sits here. */
import { computed, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { isApiError } from '@/shared/api'
import { useNow } from '@/shared/composables/useNow'
import { duration } from '@/shared/format'
import { t } from '@/shared/i18n'
import { useSession, type Credentials } from './store'

export function useSignIn() {
  const session = useSession()
  const router = useRouter()
  const route = useRoute()
  const now = useNow()
  const busy = ref(false)
  const message = ref('')
  const lockedUntil = ref(0)

  const locked = computed(() => lockedUntil.value > now.value)
  const problem = computed(() =>
    locked.value ? t('login.locked', { time: duration((lockedUntil.value - now.value) / 1000 + 1) }) : message.value,
  )

  async function submit(as: Credentials): Promise<boolean> {
    busy.value = true
    message.value = ''
    try {
      await session.signIn(as)
      const next = typeof route.query.next === 'string' && route.query.next.startsWith('/') ? route.query.next : session.home
      await router.push(session.me?.must_change_password ? '/password' : next)
      return true
    } catch (error) {
      if (!isApiError(error)) throw error
      const wait = Number(error.details.retry_after)
      if (error.status === 423 && wait > 0) lockedUntil.value = now.value + wait * 1000
      message.value = error.offline ? t('errors.offline') : error.message
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, locked, problem, submit }
}

const REMEMBERED = 'cc.seat'
export interface Remembered { enterprise: string; code: string }
export const remembered = (): Remembered | null => JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null')
export function remember(seat: Remembered | null): void {
  if (seat) localStorage.setItem(REMEMBERED, JSON.stringify(seat))
  else localStorage.removeItem(REMEMBERED)
}
