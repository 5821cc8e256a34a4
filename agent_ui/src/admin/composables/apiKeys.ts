/** Addresses and networks as somebody typed them: by lines, commas or spaces. */
export const networksIn = (text: string): string[] => [...new Set(text.split(/[\s,，;；、]+/).filter(Boolean))]

/** What is wrong with a list, or with one of its entries: those are told by their place (`networks.0`). */
export const faultIn = (errors: Record<string, string>, list: string): string | undefined =>
  errors[list] ?? Object.entries(errors).find(([name]) => name.startsWith(`${list}.`))?.[1]
