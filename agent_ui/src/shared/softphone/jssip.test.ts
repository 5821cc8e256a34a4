import { expect, it } from 'vitest'
import { wantsAutoAnswer } from './jssip'

const invite = (headers: Record<string, string>) => ({ getHeader: (name: string) => headers[name] })

it.each([
  [{ 'Alert-Info': 'auto-answer' }, true],
  [{ 'Alert-Info': '<http://localhost>;info=alert-autoanswer;delay=0' }, true],
  [{ 'Call-Info': '<sip:127.0.0.1>;answer-after=0' }, true],
  [{ 'Call-Info': '<sip:127.0.0.1>;answer-after=5' }, false],
  [{}, false],
])('an INVITE with %o answers itself: %s', (headers, expected) => {
  expect(wantsAutoAnswer(invite(headers as Record<string, string>))).toBe(expected)
})
