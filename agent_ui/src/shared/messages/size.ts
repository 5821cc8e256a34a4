/** An SMS measured as the server measures it. Pure. */

const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà')
const EXTENDED = new Set('\f^{}\\[~]|€')
const GSM = [160, 153] as const
const UCS2 = [70, 67] as const

/** As `callcenter/messaging/parts.py`: for the eyes of whoever writes; what counts is the server's. */
export function sizeOf(text: string): { unicode: boolean; units: number; parts: number } {
  const characters = [...text]
  const unicode = !characters.every((one) => BASIC.has(one) || EXTENDED.has(one))
  const widths = characters.map((one) => (unicode ? one.length : EXTENDED.has(one) ? 2 : 1))
  const [single, joined] = unicode ? UCS2 : GSM
  const units = widths.reduce((sum, one) => sum + one, 0)
  if (units <= single) return { unicode, units, parts: 1 }
  let [parts, used] = [1, 0]
  for (const width of widths) {
    if (used + width > joined) [parts, used] = [parts + 1, 0]
    used += width
  }
  return { unicode, units, parts }
}

/** As it goes out (`callcenter/messaging/parts.py`): providers want the signature in front. */
export const signed = (text: string, signature: string): string => (signature ? `【${signature}】${text}` : text)

/** In the place of `{{ signature }}` until a channel fills it in (`callcenter/rendering/plain.py`). */
const MARK = '\ue0f1'
export const unmarked = (text: string): string => text.replaceAll(MARK, '')

/** The message with its channel's signature, by the rules of `callcenter/messaging/signing.py`. */
export function closed(text: string, own: string, byItself: boolean, before: string): string {
  if (text.includes(MARK)) return text.replaceAll(MARK, () => own)
  return byItself && own ? text + before + own : text
}
/** What stands between a text and its signature, by the channel's kind. */
export const BEFORE = { sms: '\n', email: '\n\n-- \n' } as const

/** Decimal numbers added exactly as often as there are parts, with no more places than the price has. */
export function costOf(price: string, parts: number): string {
  const places = price.split('.')[1]?.length ?? 0
  return ((Math.round(Number(price) * 10 ** places) * parts) / 10 ** places).toFixed(places)
}
