/** Nobody loses what is not saved by leaving: whoever goes to another page is asked, and the browser asks who closes it. */
import { onBeforeUnmount, onMounted } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { confirmAct } from '@/shared/confirm'
import { t } from '@/shared/i18n'

const askUsual = () => confirmAct(t('records.leave'), t('records.leaveAsk'), t('records.leaveAnyway'))

/** `ask`: true lets them go. */
export function useLeaving(isUnsaved: () => boolean, ask: () => Promise<boolean> = askUsual): void {
  const mayGo = () => !isUnsaved() || ask()
  onBeforeRouteLeave(mayGo)
  onBeforeRouteUpdate(mayGo)
  const hold = (event: BeforeUnloadEvent) => isUnsaved() && event.preventDefault()
  onMounted(() => window.addEventListener('beforeunload', hold))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', hold))
}
