/** Whether a browser may be led there: http and https, and no name before an @ that looks like the place. */
export function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || /[\s<>"\\^`{|}]/.test(value)) return false
  try {
    const { hostname, username } = new URL(value)
    return hostname !== '' && username === ''
  } catch {
    return false
  }
}
