/** Addresses and networks as somebody typed them: by lines, commas or spaces. */
export const networksIn = (text: string): string[] => [...new Set(text.split(/[\s,，;；、]+/).filter(Boolean))]
