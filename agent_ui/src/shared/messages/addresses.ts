/** Addresses of messages as they are typed. Pure. */

/** As they are pasted: one a line, or with commas and semicolons between them. */
export const addressesIn = (text: string): string[] => [...new Set(text.split(/[\n,;，；]+/).map((one) => one.trim()).filter(Boolean))]

/** The server names the place of a wrong one (`to.3.address`); the person knows it by its text. */
export function wrongAddress(errors: Record<string, string>, list: string, addresses: string[]): string | undefined {
  const [place, said] = Object.entries(errors).find(([name]) => name === list || name.startsWith(`${list}.`)) ?? []
  if (!place) return undefined
  return `${addresses[Number(place.slice(list.length + 1).split('.')[0] || NaN)] ?? ''} ${said}`.trim()
}
