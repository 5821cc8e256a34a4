/** What the audit log speaks of, in words: an act is `<thing>.<verb>`, and the thing stands beside it. */
import { i18n } from '@/shared/i18n'

const worded = (key: string, otherwise: string): string => (i18n.global.te(key) ? i18n.global.t(key) : otherwise)

export const actWord = (action: string): string => worded(`act.${action.split('.').pop()}`, action)
export const thingWord = (entity: string): string => worded(`entity.${entity}`, entity)
