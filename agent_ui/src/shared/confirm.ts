/** Asking before what cannot be undone, naming the thing; short words after what was done. */
import { ElMessage, ElMessageBox } from 'element-plus'
import { isApiError } from '@/shared/api'
import { t } from '@/shared/i18n'

/** Messages stand above the foot of a form, whose buttons they would cover. */
const FOOT_PX = 72

export async function confirmAct(title: string, text: string, label: string): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, {
      confirmButtonText: label, cancelButtonText: t('common.cancel'), confirmButtonClass: 'is-danger', type: 'warning', autofocus: false,
    })
    return true
  } catch {
    return false
  }
}

/** For what others depend on: the name must be typed. */
export async function confirmByName(title: string, text: string, name: string, label: string): Promise<boolean> {
  try {
    await ElMessageBox.prompt(`${text} ${t('confirm.typeName', { name })}`, title, {
      confirmButtonText: label, cancelButtonText: t('common.cancel'),
      inputValidator: (typed: string) => typed === name || t('confirm.nameDiffers'),
    })
    return true
  } catch {
    return false
  }
}

/** A line of text; null when nobody gives one. `check` says what is wrong with it. */
export async function askText(title: string, text: string, value: string, check: (typed: string) => true | string = (typed) => !!typed.trim() || t('fields.fill', { label: title })): Promise<string | null> {
  try {
    const asked = await ElMessageBox.prompt(text, title, { inputValue: value, confirmButtonText: t('common.save'), cancelButtonText: t('common.cancel'), inputValidator: check })
    return asked.value.trim()
  } catch {
    return null
  }
}

export const say = (text: string): void => {
  ElMessage({ message: text, type: 'success', placement: 'bottom-right', offset: FOOT_PX, duration: 2500 })
}
export const complain = (text: string): void => {
  ElMessage({ message: text, type: 'error', placement: 'bottom-right', offset: FOOT_PX, duration: 5000, showClose: true })
}

/** Runs an act of a button; a refusal is said in the server's words. True when it went through. */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act()
    if (done) say(done)
    return true
  } catch (cause) {
    if (!isApiError(cause)) throw cause
    complain(cause.offline ? t('errors.offline') : cause.message)
    return false
  }
}
