import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type ErrorCode, FerryError } from '../../core/errors.ts'

const STATUS: Partial<Readonly<Record<ErrorCode, ContentfulStatusCode>>> = {
  USAGE: 400,
  SQL_INVALID: 400,
  DATA_INVALID: 422,
  INPUT_MISSING: 404,
  OBJECT_NOT_FOUND: 404,
  DENIED: 403,
  BUSY: 409,
  THROTTLED: 429,
  UNSUPPORTED: 501,
  SERVICE_UNAVAILABLE: 503,
  TRANSIENT: 503,
}

export interface HttpFailure {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
}

/** What a reader may know of an error: of a bug, only that there was one. */
export function describeFailure(error: unknown): HttpFailure {
  if (error instanceof FerryError) {
    const { code, message, hint } = error
    return { status: STATUS[code] ?? 500, code, message, hint }
  }
  if (error instanceof HTTPException) {
    return { status: error.status, code: 'USAGE', message: error.message }
  }
  return { status: 500, code: 'BUG', message: 'this page failed; the log of `ferry web` says why' }
}
