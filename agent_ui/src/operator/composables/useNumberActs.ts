/** What an operator does to an access number that needs no form. */
import { api, asRead, type AccessNumber } from '@/shared/api'
import { attempt, confirmAct } from '@/shared/confirm'
import { phone } from '@/shared/format'
import { t } from '@/shared/i18n'

export function useNumberActs(done: () => Promise<void>) {
  const at = (number: AccessNumber) => ({ path: { number_id: number.id } })
  async function run(act: () => Promise<unknown>): Promise<void> {
    if (await attempt(act)) await done()
  }
  async function change(number: AccessNumber): Promise<void> {
    const pausing = number.status === 'enabled'
    const name = phone(number.number)
    if (pausing && !(await confirmAct(t('operator.pauseTitle', { name }), t('operator.pauseAsk'), t('common.pause')))) return
    await run(() => api.post(`/operator/access-numbers/{number_id}/${pausing ? 'pause' : 'enable'}`, { params: at(number) }))
  }
  async function unbind(number: AccessNumber): Promise<void> {
    const name = phone(number.number)
    if (await confirmAct(t('operator.unbind'), t('operator.unbindAsk', { name, enterprise: number.enterprise?.name ?? '' }), t('operator.unbind'))) {
      await run(() => api.post('/operator/access-numbers/{number_id}/unbind', { params: at(number) }))
    }
  }
  async function remove(number: AccessNumber): Promise<void> {
    const name = phone(number.number)
    if (await confirmAct(t('operator.deleteNumber'), t('operator.deleteNumberAsk', { name }), t('common.delete'))) {
      await run(() => api.delete('/operator/access-numbers/{number_id}', { params: { ...at(number), header: asRead(number) } }))
    }
  }
  return { change, unbind, remove }
}
