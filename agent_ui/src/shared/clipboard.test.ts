import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { copied } from './clipboard'
import { complain, say } from './confirm'
import { setLocale } from './i18n'

vi.mock('./confirm', () => ({ say: vi.fn(), complain: vi.fn() }))
beforeAll(() => setLocale('en'))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.clearAllMocks()
})

it('says that it was copied when it was', async () => {
  const writeText = vi.fn(() => Promise.resolve())
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  expect(await copied('cck_whole')).toBe(true)
  expect(writeText).toHaveBeenCalledWith('cck_whole')
  expect(say).toHaveBeenCalledWith('Copied')
})

it.each([
  ['is none, over plain http', undefined],
  ['may not be used', { writeText: () => Promise.reject(new Error('NotAllowedError')) }],
])('asks to copy by hand where the clipboard %s', async (_why, clipboard) => {
  vi.stubGlobal('navigator', { clipboard })
  expect(await copied('cck_whole')).toBe(false)
  expect(say).not.toHaveBeenCalled()
  expect(complain).toHaveBeenCalledWith(expect.stringContaining('by hand'))
})
