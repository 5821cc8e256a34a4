const FORM = /^[1-9]\d{16}[\dX]$/
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** GB 11643: the last of eighteen characters proves the others (ISO 7064 MOD 11-2). */
export function isIdentity(value: string): boolean {
  const number = value.replaceAll(' ', '').toUpperCase()
  if (!FORM.test(number)) return false
  const total = WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(number[place]), 0)
  return number[17] === '10X98765432'[total % 11]
}
