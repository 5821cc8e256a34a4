/** Figures and telephone numbers in the local habit. Masked numbers stay exactly as masked. */

export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : value.toLocaleString('en-US')

/** How many, for a caption: shown as `{n}`; `count` tells its language's singular from its plural. */
export const counted = (count: number): { n: string; count: number } => ({ n: figure(count), count })

export const percent = (value: number | null | undefined, digits = 0): string =>
  value === null || value === undefined ? '—' : `${value.toFixed(digits)}%`

export const isMasked = (number: string | null | undefined): boolean => !!number?.includes('*')

const TWO_DIGIT_AREAS = /^0(10|2\d)(\d{7,8})$/
const THREE_DIGIT_AREAS = /^0([3-9]\d{2})(\d{7,8})$/

function landline(area: string, rest: string): string {
  return `${area}-${rest.slice(0, -4)} ${rest.slice(-4)}`
}

export function phone(number: string | null | undefined): string {
  if (!number) return '—'
  const masked = /^(?:\+86)?(\d+)(\*+)(\d*)$/.exec(number)
  if (masked) {
    const [, head = '', stars = '', tail = ''] = masked
    return head.startsWith('0') ? `${head}-${stars} ${tail}`.trim() : `${head} ${stars} ${tail}`.trim()
  }
  const national = number.startsWith('+86') ? nationalForm(number.slice(3)) : number
  if (/^1[3-9]\d{9}$/.test(national)) return `${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}`
  const area = TWO_DIGIT_AREAS.exec(national) ?? THREE_DIGIT_AREAS.exec(national)
  if (area) return landline(`0${area[1]}`, area[2] ?? '')
  if (/^[48]00\d{7}$/.test(national)) return `${national.slice(0, 3)}-${national.slice(3, 6)}-${national.slice(6)}`
  return national
}

/** E.164 drops the trunk zero of Chinese area codes; mobiles and 400 numbers never had one. */
function nationalForm(rest: string): string {
  return /^(1[3-9]\d{9}|[48]00\d{7}|0\d+)$/.test(rest) ? rest : `0${rest}`
}

/** What may be typed into the dial box: digits, +, *, # once the spacing is gone. */
export const dialable = (text: string): string => text.replace(/[\s\-()（）]/g, '')
export const looksLikeNumber = (text: string): boolean => /^\+?[\d*#]{2,20}$/.test(dialable(text))
