import { expect, it } from 'vitest'
import { isAddress } from './address'

it('leads to pages, mail and telephones, and to nothing that runs', () => {
  expect(['https://example.cn/a', 'http://10.0.0.1', 'mailto:a@b.cn', 'tel:+86-21-5555'].map(isAddress)).toEqual([true, true, true, true])
  expect(['javascript:alert(1)', 'data:text/html,x', 'example.cn', 'https://', ''].map(isAddress)).toEqual([false, false, false, false, false])
})
