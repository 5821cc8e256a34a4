/** VoiceXML documents: what is sent, and a refusal in words. */
import { isApiError, type ApiError } from '@/shared/api'
import { t } from '@/shared/i18n'
import { sizeWord } from '@/shared/records/life/upload'

export const LARGEST = 1024 * 1024
export const LONGEST_NAME = 60
const LONGEST_FILE = 120
export const ACCEPTED = '.vxml,.xml,application/voicexml+xml,text/xml'

/** A file as the body of a request, as it is. */
export const raw = (file: Blob) => ({ body: file as never, bodySerializer: (body: unknown) => body as Blob, headers: { 'Content-Type': 'application/octet-stream' } })
/** Some systems write é as two characters. */
const written = (file: File): string => file.name.normalize('NFC')
/** The ending is what tells a kind of file, so a long name loses its beginning. */
export const fileName = (file: File): string => written(file).slice(-LONGEST_FILE)
/** What a document is called that nobody has named: its file, without the ending. */
export const nameOf = (file: File): string => (written(file).replace(/\.(vxml|xml)$/i, '').trim() || written(file)).slice(0, LONGEST_NAME).trim()

export function refusal(error: ApiError): string {
  if (error.offline) return t('errors.offline')
  if (error.code !== 'document-refused') return Object.values(error.fieldErrors)[0] ?? error.message
  const { why, line, detail } = error.details as { why: string; line: number; detail: string }
  const said = t(`document.refused.${why}`, { detail })
  return line ? `${t('document.atLine', { n: line })}${t('document.colon')}${said}` : said
}

/** Sends a file; what is wrong with it in words, '' when it was kept. `send` throws the server's refusal. */
export async function sending(file: File, send: () => Promise<unknown>): Promise<string> {
  if (file.size > LARGEST) return t('document.tooLarge', { name: file.name, size: sizeWord(LARGEST) })
  try {
    await send()
    return ''
  } catch (cause) {
    if (!isApiError(cause)) throw cause
    return refusal(cause)
  }
}
