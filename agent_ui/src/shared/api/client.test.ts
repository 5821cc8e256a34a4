import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api, asRead, configureApi, once } from './client'
import { isApiError } from './errors'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(body === null ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
const fetching = vi.fn<(request: Request) => Promise<Response>>()
const asked = () => fetching.mock.calls[0]?.[0] as Request

beforeEach(() => {
  fetching.mockReset()
  vi.stubGlobal('fetch', fetching)
  configureApi({ csrf: 'token', locale: 'en', onSignedOut: () => {} })
})
afterEach(() => vi.unstubAllGlobals())

it('asks in the user’s language, and leaves out what is empty', async () => {
  fetching.mockResolvedValue(answer(200, { items: [], total: 0, page: 1, page_size: 20 }))
  await api.get('/seats', { params: { query: { q: '', role: 'agent', page: 1 } } })
  expect(asked().url).toMatch(/\/api\/v1\/seats\?role=agent&page=1$/)
  expect(asked().headers.get('Accept-Language')).toBe('en')
  expect(asked().headers.has('X-CSRF-Token')).toBe(false)
})

it('sends what changes with the token, the version that was read and a key of its own', async () => {
  fetching.mockImplementation(async () => answer(200, {}))
  await api.patch('/teams/{team_id}', { params: { path: { team_id: 'a/b' }, header: asRead({ version: 7 }) }, body: { name: '售后' } })
  expect(asked().url).toMatch(/\/api\/v1\/teams\/a%2Fb$/)
  expect(asked().headers.get('X-CSRF-Token')).toBe('token')
  expect(asked().headers.get('If-Match')).toBe('"7"')
  expect(await asked().json()).toEqual({ name: '售后' })
  fetching.mockClear()
  await api.post('/calls', { params: { header: once('key-1') }, body: { number: '10086' } })
  expect(asked().headers.get('Idempotency-Key')).toBe('key-1')
})

it('answers nothing where there is nothing', async () => {
  fetching.mockResolvedValue(answer(204, null))
  expect(await api.delete('/session')).toBeUndefined()
})

it('throws a refusal in the server’s words, with the fields it names', async () => {
  fetching.mockResolvedValue(answer(422, { error: { code: 'invalid', message: 'Not valid', fields: { name: ['Too long'] } } }))
  const error = await api.post('/teams', { body: { name: 'x' } }).catch((cause: unknown) => cause)
  expect(isApiError(error) && [error.status, error.code, error.message, error.fieldErrors]).toEqual([422, 'invalid', 'Not valid', { name: 'Too long' }])
})

it('knows what to say of an answer that is not ours', async () => {
  fetching.mockResolvedValue(new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await expect(api.get('/session')).rejects.toMatchObject({ status: 502, code: 'http-502' })
})

it('tells silence of the network from an aborted request', async () => {
  fetching.mockRejectedValue(new TypeError('Failed to fetch'))
  await expect(api.get('/session')).rejects.toMatchObject({ status: 0, code: 'offline' })
  fetching.mockRejectedValue(new DOMException('gone', 'AbortError'))
  await expect(api.get('/session')).rejects.toMatchObject({ name: 'AbortError' })
})

it('says once that nobody is signed in, but not when it only asked who is', async () => {
  const onSignedOut = vi.fn()
  configureApi({ onSignedOut })
  fetching.mockImplementation(async () => answer(401, { error: { code: 'not-signed-in', message: 'Sign in' } }))
  await api.get('/session').catch(() => null)
  expect(onSignedOut).not.toHaveBeenCalled()
  await api.get('/console').catch(() => null)
  expect(onSignedOut).toHaveBeenCalledOnce()
})
