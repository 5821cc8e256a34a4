/** Who is signed in. One session for the page; everything that depends on it starts and stops with it. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, configureApi, isApiError, type Home, type Me, type Permission } from '@/shared/api'
import { setTimeZone } from '@/shared/format'
import { setLocale, type Locale } from '@/shared/i18n'

export const HOMES: Record<Home, string> = {
  console: '/console', supervisor: '/supervisor', quality: '/quality', admin: '/admin', config: '/config', operator: '/operator/numbers',
}

/** Seats name their enterprise; the operator has none. */
export type Credentials = { employee_code: string; password: string } | { enterprise_code: string; employee_code: string; password: string }

export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const asked = ref(false)
  const home = computed(() => (me.value ? HOMES[me.value.home] : '/login'))
  const may = (permission: Permission): boolean => me.value?.permissions.includes(permission) ?? false

  /** Who takes calls, or listens to them, does it by the telephone in this page. */
  const hasPhone = computed(() => !!me.value?.user.extension && (may('calls.handle') || may('supervise.listen')))

  function accept(next: Me): void {
    me.value = next
    configureApi({ csrf: next.csrf_token })
    if (next.enterprise?.time_zone) setTimeZone(next.enterprise.time_zone)
  }

  async function restore(): Promise<void> {
    if (asked.value) return
    asked.value = true
    try {
      accept(await api.get('/session'))
      await followLocale()
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }

  async function followLocale(): Promise<void> {
    const wanted = me.value?.locale as Locale | undefined
    if (wanted === 'en' || wanted === 'zh-CN') await setLocale(wanted)
  }

  async function signIn(as: Credentials): Promise<void> {
    accept('enterprise_code' in as ? await api.post('/session', { body: as }) : await api.post('/operator/session', { body: as }))
    asked.value = true
  }

  async function changePassword(current: string, next: string): Promise<void> {
    accept(await api.post('/session/password', { body: { current, new: next } }))
  }

  async function chooseLocale(next: Locale): Promise<void> {
    await setLocale(next)
    if (me.value) await api.patch('/session', { body: { locale: next } })
  }

  function forget(): void {
    me.value = null
    configureApi({ csrf: '' })
  }

  async function signOut(everywhere = false): Promise<void> {
    await api.delete(everywhere ? '/sessions' : '/session').catch((error: unknown) => {
      if (!isApiError(error)) throw error
    })
    forget()
  }

  return { me, home, may, hasPhone, restore, signIn, signOut, changePassword, chooseLocale, forget }
})
