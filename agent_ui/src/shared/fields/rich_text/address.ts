/** Where a link may lead: what the server lets stand. */
export const isAddress = (text: string): boolean => /^(?:https?:\/\/[^\s/]+|mailto:\S+@\S+|tel:\+?[\d-]+)/i.test(text.trim())
