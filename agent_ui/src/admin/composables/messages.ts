/** Messages and channels in words. */
import type { Channel, Message } from '@/shared/api'

export type MessageState = Message['state']
export const STATES = ['queued', 'sending', 'sent', 'failed', 'given_up', 'uncertain', 'cancelled'] as const satisfies readonly MessageState[]
export const KINDS = ['sms', 'email'] as const satisfies readonly Message['kind'][]
/** What a gateway tells later of what it took. */
export const DELIVERIES = ['delivered', 'undelivered'] as const satisfies readonly Message['delivery'][]
export const SOURCES = ['person', 'trigger', 'task', 'test'] as const satisfies readonly Message['source'][]
/** What a person may have sent once more. */
export const AGAIN: readonly MessageState[] = ['failed', 'given_up', 'uncertain', 'cancelled']
export const OVER: readonly MessageState[] = ['sent', ...AGAIN]

export type MailSettings = Required<NonNullable<Channel['email']>>
type Sms = NonNullable<Channel['sms']>
export type ReportSettings = Required<NonNullable<Sms['reports']>>
export type SmsSettings = Required<Omit<Sms, 'reports'>> & { reports: ReportSettings | null }
export const PORT_OF: Record<MailSettings['security'], number> = { tls: 465, starttls: 587, none: 25 }
/** What signatures may name, and where templates put them (`callcenter/messaging/signing.py`). */
export const PLACES = '{{name}} {{extension}} {{enterprise}}'
export const IN_TEMPLATES = '{{ signature }}'
export const newMail = (): MailSettings => ({ host: '', port: PORT_OF.tls, security: 'tls', user: '', sender: '', sender_name: '', signature: '', signature_html: '', signed: true })
export const newSms = (): SmsSettings => ({
  url: 'https://', method: 'POST', format: 'json', headers: {}, body: '{"mobile": "{{to}}", "content": "{{text}}", "id": "{{id}}"}',
  success: { by: 'status', path: '', value: '' }, id_path: '', price: '0', signature: '', closing: '', signed: true, allowed: ['+86'], idempotent: false, timeout: 10, reports: null,
})
export const newReports = (): ReportSettings => ({ list_path: '', id_path: 'msgid', status_path: 'status', delivered: ['DELIVRD'], waiting: [], reason_path: '', answer: '' })
/** Headers as lines of `Name: value`, and back. */
export const linesOf = (headers: Record<string, string>): string => Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n')
export const headersOf = (lines: string): Record<string, string> =>
  Object.fromEntries(lines.split('\n').map((line) => line.split(/:(.*)/s)).filter(([name]) => name?.trim()).map(([name = '', value = '']) => [name.trim(), value.trim()]))
