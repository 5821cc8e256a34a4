import type { ErrorBody } from './model'

/** A refusal in the server's words, or the network's silence (`code` = 'offline'). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
    readonly fields: Record<string, string[]> = {},
    readonly requestId: string | null = null,
  ) {
    super(message)
  }

  get offline(): boolean {
    return this.code === 'offline'
  }

  /** First message of each field, as a form shows it. */
  get fieldErrors(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.fields).map(([key, list]) => [key, list[0] ?? this.message]))
  }
}

/** Whoever answers in our place (nginx, a proxy) does not know our form. */
export function errorFrom(status: number, body: unknown): ApiError {
  const error: Partial<ErrorBody> = (body as { error?: ErrorBody } | null)?.error ?? {}
  return new ApiError(
    status, error.code ?? `http-${status}`, error.message ?? `HTTP ${status}`, error.details, error.fields, error.request_id ?? null,
  )
}

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError
