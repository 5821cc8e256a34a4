/** Whether a credential for this host may go to an address: to that host alone, and not in plain. */
export function goesTo(host: string, address: string): boolean {
  const plain = address.replace(/\{\w+\}/g, '0')
  if (!URL.canParse(plain)) return false
  const url = new URL(plain)
  // In plain none goes anywhere but to a private address; which those are the server knows.
  const covered = url.protocol === 'https:' || /^[\d.]+$|^\[/.test(url.hostname)
  return covered && [url.hostname, url.host].includes(host)
}
