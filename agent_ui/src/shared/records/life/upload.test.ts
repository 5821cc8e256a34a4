import { expect, it } from 'vitest'
import { sizeWord } from './upload'

it.each([
  [0, '0 B'], [800, '800 B'], [1024, '1.0 KB'], [1_500_000, '1.4 MB'], [20 * 1024 ** 2, '20 MB'], [3 * 1024 ** 4, '3072 GB'],
])('%d bytes are %s', (bytes, word) => expect(sizeWord(bytes)).toBe(word))
