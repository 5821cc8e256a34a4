/** The one door to the API. Addresses, parameters, headers, bodies and answers are those of `docs/openapi.json`: what it does not have does not compile. */
import createClient, { type FetchOptions, type Middleware } from 'openapi-fetch'
import { ApiError, errorFrom } from './errors'
import type { paths } from './schema'

const PREFIX = '/api/v1'
export type Paths = { [P in keyof paths as P extends `${typeof PREFIX}${infer Rest}` ? Rest : never]: paths[P] }

const settings = { csrf: '', locale: 'zh-CN', onSignedOut: () => {}, clockOffset: 0 }

export const configureApi = (changes: Partial<Omit<typeof settings, 'clockOffset'>>): void => {
  Object.assign(settings, changes)
}
/** Milliseconds to add to this computer's clock to get the server's. */
export const clockOffset = (): number => settings.clockOffset
export const setServerTime = (iso: string): void => {
  settings.clockOffset = new Date(iso).getTime() - Date.now()
}

/** For the one thing that does not go through `fetch`: a file that is sent with its progress. */
export const unsafeHeaders = (): Record<string, string> => ({ Accept: 'application/json', 'Accept-Language': settings.locale, 'X-CSRF-Token': settings.csrf })

const identity: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept', 'application/json')
    request.headers.set('Accept-Language', settings.locale)
    if (request.method !== 'GET' && settings.csrf) request.headers.set('X-CSRF-Token', settings.csrf)
  },
}

/** A refusal is thrown in the server's words, silence of the network as `offline`; an aborted request stays what it is. */
const refusals: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) return
    const body: unknown = await response.json().catch(() => null)
    if (response.status === 401 && schemaPath !== '/session') settings.onSignedOut()
    throw errorFrom(response.status, body)
  },
  onError: ({ error }) => (error instanceof DOMException && error.name === 'AbortError' ? undefined : new ApiError(0, 'offline', 'offline')),
}

/** What is empty is not asked for. */
function querySerializer(query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}

const client = createClient<Paths>({
  baseUrl: new URL(PREFIX, location.origin).href,
  credentials: 'same-origin',
  querySerializer,
  // Looked up at each call: tests put their own in its place.
  fetch: (request) => fetch(request),
})
client.use(identity, refusals)

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathsWith<M extends Method> = { [P in keyof Paths]: Paths[P][M] extends { responses: unknown } ? P : never }[keyof Paths]
type Init<P extends keyof Paths, M extends Method> = FetchOptions<Paths[P][M]>
type Args<P extends keyof Paths, M extends Method> = object extends Init<P, M> ? [init?: Init<P, M>] : [init: Init<P, M>]
type Json<R> = R extends { content: { 'application/json': infer T } } ? T : undefined
type Answers<R> = { [S in keyof R & (200 | 201 | 202 | 204)]: Json<R[S]> }[keyof R & (200 | 201 | 202 | 204)]
export type Answer<P extends keyof Paths, M extends Method> = Paths[P][M] extends { responses: infer R } ? Answers<R> : never
type Call<M extends Method> = <P extends PathsWith<M>>(path: P, ...args: Args<P, M>) => Promise<Answer<P, M>>

const call = <M extends Method>(method: M): Call<M> => {
  const send = client.request as (method: M, path: unknown, init: unknown) => Promise<{ data?: unknown }>
  return (async (path: unknown, init: unknown) => (await send(method, path, init)).data) as Call<M>
}

export const api = { get: call('get'), post: call('post'), put: call('put'), patch: call('patch'), delete: call('delete') }

/** Header of an update: refused when somebody else was quicker. The version is the one that was read when the form was opened. */
export const asRead = (record: { version: number }) => ({ 'If-Match': `"${record.version}"` })

export const newKey = (): string => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`
/** Header of what must not happen twice; the same key again is the same act. */
export const once = (key = newKey()) => ({ 'Idempotency-Key': key })

type PageOf = { items: unknown[]; total: number; page: number; page_size: number }
/** Addresses that answer with a page of things. */
export type ListPath = { [P in PathsWith<'get'>]: Answer<P, 'get'> extends PageOf ? P : never }[PathsWith<'get'>]
export type ItemOf<P extends ListPath> = Extract<Answer<P, 'get'>, PageOf>['items'][number]
type QueryOf<P extends ListPath> = NonNullable<Paths[P]['get']['parameters']['query']>
export type FiltersOf<P extends ListPath> = { [K in Exclude<keyof QueryOf<P>, 'page' | 'page_size' | 'sort' | 'q'>]?: QueryOf<P>[K] }
