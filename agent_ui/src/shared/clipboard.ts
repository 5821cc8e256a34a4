import { complain, say } from './confirm'
import { t } from './i18n'

/** Copies a text and says so. False where there is no clipboard (only https and localhost have one): that is said too. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    complain(t('oneTime.copyByHand'))
    return false
  }
  say(t('oneTime.copied'))
  return true
}
