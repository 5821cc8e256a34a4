/** One door to the API: CSRF header, language, ETag, idempotency key, typed errors. */
import { ApiError, errorFrom } from './errors'

export type Query = Record<string, string | number | boolean | null | undefined>
export interface Options {
  query?: Query
  etag?: string | null
  idempotencyKey?: string
  signal?: AbortSignal
}
export interface Reply<T> { data: T; etag: string | null; status: number }

const settings = { csrf: '', locale: 'zh-CN', onSignedOut: () => {}, clockOffset: 0 }

export const configureApi = (changes: Partial<Omit<typeof settings, 'clockOffset'>>): void => {
  Object.assign(settings, changes)
}
/** Milliseconds to add to this computer's clock to get the server's. */
export const clockOffset = (): number => settings.clockOffset
export const setServerTime = (iso: string): void => {
  settings.clockOffset = new Date(iso).getTime() - Date.now()
}
export const newKey = (): string => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`

function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

function headers(method: string, body: unknown, options: Options): Headers {
  const result = new Headers({ Accept: 'application/json', 'Accept-Language': settings.locale })
  if (body !== undefined) result.set('Content-Type', 'application/json')
  if (method !== 'GET' && settings.csrf) result.set('X-CSRF-Token', settings.csrf)
  if (options.etag) result.set('If-Match', options.etag)
  if (options.idempotencyKey) result.set('Idempotency-Key', options.idempotencyKey)
  return result
}

async function send(method: string, path: string, body: unknown, options: Options): Promise<Response> {
  try {
    return await fetch(address(path, options.query), {
      method,
      headers: headers(method, body, options),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: options.signal,
      credentials: 'same-origin',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'offline', 'offline')
  }
}

export async function request<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<Reply<T>> {
  const response = await send(method, path, body, options)
  const text = response.status === 204 ? '' : await response.text()
  let data: unknown = null
  if (text && response.headers.get('Content-Type')?.includes('json')) data = JSON.parse(text)
  if (!response.ok) {
    const error = errorFrom(response.status, data)
    if (error.status === 401 && path !== '/session') settings.onSignedOut()
    throw error
  }
  return { data: data as T, etag: response.headers.get('ETag'), status: response.status }
}

const data = async <T>(reply: Promise<Reply<T>>): Promise<T> => (await reply).data

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => data(request<T>('GET', path, undefined, { query, signal })),
  post: <T>(path: string, body: unknown = {}, options?: Options) => data(request<T>('POST', path, body, options)),
  put: <T>(path: string, body: unknown = {}, options?: Options) => data(request<T>('PUT', path, body, options)),
  patch: <T>(path: string, body: unknown, options?: Options) => data(request<T>('PATCH', path, body, options)),
  delete: <T = void>(path: string, options?: Options) => data(request<T>('DELETE', path, undefined, options)),
}
