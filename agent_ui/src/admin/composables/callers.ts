/** Numbers out of a pasted text: one a line, or with commas, semicolons or tabs between them. Blanks belong to a number. */
export const numbersIn = (text: string): string[] => [...new Set(text.split(/[\r\n\t,，;；、]+/).map((one) => one.trim()).filter(Boolean))]

/** The server takes so many at once, and a number of so many characters. */
export const MOST_AT_ONCE = 10_000
export const LONGEST_NUMBER = 40
