import { FerryError } from '../../core/errors.ts'
import { retryAfter, textHeader } from '../../clouds/http/headers.ts'
import type { WireAnswer } from '../../clouds/http/transport.ts'

/** A service's no, in Ferry's words. `said`: the beginning of its answer, without secrets. */
export function answerFailure(
  name: string,
  { status, headers }: Pick<WireAnswer, 'status' | 'headers'>,
  said: string,
): FerryError {
  const details = { status, ...askedPause(headers) }
  const message = `\`${name}\` answered ${status}${said === '' ? '' : `: ${said}`}`
  if (status === 429 || (status === 403 && isUsedUp(headers))) {
    return new FerryError('THROTTLED', message, {
      details,
      hint: 'set a rate under pull: in ferry.yaml, such as rate: 5/s',
    })
  }
  if (status === 401 || status === 403) {
    return new FerryError('DENIED', message, {
      details,
      hint: 'check what `auth` holds: the service does not take it',
    })
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new FerryError('TRANSIENT', message, { details })
  }
  if (status === 404 || status === 410) {
    return new FerryError('INPUT_MISSING', message, { details, hint: 'check the URL' })
  }
  return new FerryError('CONFIG_INVALID', message, {
    details,
    hint: 'the service does not understand the request: check url, params and body',
  })
}

/** By Retry-After, or by the headers in which some services tell when the next request may come. */
function askedPause(headers: WireAnswer['headers']): { retryAfterMs?: number } {
  const asked = retryAfter(headers)
  if (asked.retryAfterMs !== undefined || !isUsedUp(headers)) return asked
  const reset = Number(textHeader(headers, 'x-ratelimit-reset') ?? Number.NaN)
  // A time of day where it is one, else seconds from now.
  const ms = reset > 1e9 ? reset * 1_000 - Date.now() : reset * 1_000
  return ms > 0 ? { retryAfterMs: ms } : {}
}

function isUsedUp(headers: WireAnswer['headers']): boolean {
  const left = textHeader(headers, 'x-ratelimit-remaining')
  return left === '0' || textHeader(headers, 'retry-after') !== undefined
}
