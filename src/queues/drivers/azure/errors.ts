import {
  brokenAnswerFrom,
  type NetworkHints,
  networkFailure,
} from '../../../clouds/http/failures.ts'
import { retryAfter, textHeader } from '../../../clouds/http/headers.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { childText, parseXml } from '../../../clouds/http/xml.ts'
import { type ErrorCode, FerryError } from '../../../core/errors.ts'

/** An answer that is none of success, as far as it can be read. */
export interface Failure {
  readonly status: number
  readonly headers: WireAnswer['headers']
  readonly code: string
  readonly message: string
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  QueueNotFound: 'QUEUE_NOT_FOUND',
  QueueBeingDeleted: 'QUEUE_NOT_FOUND',
  QueueDisabled: 'QUEUE_NOT_FOUND',
  ResourceNotFound: 'QUEUE_NOT_FOUND',
  AccountIsDisabled: 'DENIED',
  ServerBusy: 'THROTTLED',
  OperationTimedOut: 'TRANSIENT',
  InternalError: 'TRANSIENT',
}

const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'DENIED',
  403: 'DENIED',
  404: 'QUEUE_NOT_FOUND',
  408: 'TRANSIENT',
  429: 'THROTTLED',
  503: 'SERVICE_UNAVAILABLE',
}

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  QUEUE_NOT_FOUND: 'check its name and the account, or make it: az storage queue create',
  DENIED:
    'check the key or the signature, and what they permit: a role such as Storage Queue Data Message Sender',
  SERVICE_UNAVAILABLE: 'try again later, and check the name of the account and its endpoint',
}

/** Another try would end the same. */
const OF_MESSAGES = new Set(['MessageTooLarge', 'RequestBodyTooLarge'])

export function isAboutMessage({ code, status }: Failure): boolean {
  return OF_MESSAGES.has(code) || status === 413
}

export function answerError({ status, headers, code, message }: Failure, name: string): FerryError {
  const known =
    CODES[code] ?? STATUSES[status] ?? (status >= 500 ? 'TRANSIENT' : ('UNSUPPORTED' as const))
  const said = [code || `HTTP ${status}`, message].filter(text => text !== '').join(': ')
  const text = known === 'QUEUE_NOT_FOUND' ? ' does not exist' : `: ${said}`
  return new FerryError(known, `\`${name}\`${text}`, {
    hint: HINTS[known],
    details: { status, ...(code === '' ? {} : { serviceCode: code }), ...retryAfter(headers) },
  })
}

/** What a failed answer says; one that is no XML (a proxy's page) says its status only. */
export function readFailure({ status, headers }: Omit<WireAnswer, 'body'>, text: string): Failure {
  const told = textHeader(headers, 'x-ms-error-code') ?? ''
  try {
    const error = parseXml(text.replace(/^\uFEFF/, ''))
    // The lines after the first are the request's id and time; other elements may tell of secrets.
    const [message = ''] = (childText(error, 'Message') ?? '').split('\n')
    return { status, headers, code: told || (childText(error, 'Code') ?? ''), message }
  } catch {
    return { status, headers, code: told, message: '' }
  }
}

const NETWORK_HINTS: NetworkHints = {
  certificate: 'name the file of its authority in NODE_EXTRA_CA_CERTS',
  unknownHost: 'check the name of the account, its endpoint and the network',
  noAnswer: HINTS.SERVICE_UNAVAILABLE,
}

/** What went wrong below HTTP. */
export function networkError(error: unknown, name: string): Error {
  return networkFailure(error, name, NETWORK_HINTS)
}

export function brokenAnswer(name: string, what: string): FerryError {
  return brokenAnswerFrom(name, what)
}
