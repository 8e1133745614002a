import type { AzureFailure } from '../../../clouds/azure/read-failure.ts'
import {
  brokenAnswerFrom,
  type NetworkHints,
  networkFailure,
} from '../../../clouds/http/failures.ts'
import { retryAfter } from '../../../clouds/http/headers.ts'
import { type ErrorCode, FerryError } from '../../../core/errors.ts'
import { codeOfStatus } from '../../answer-status.ts'

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

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  QUEUE_NOT_FOUND: 'check its name and the account, or make it: az storage queue create',
  DENIED:
    'check the key or the signature, and what they permit: a role such as Storage Queue Data Message Sender',
  SERVICE_UNAVAILABLE: 'try again later, and check the name of the account and its endpoint',
}

/** Another try would end the same. */
const OF_MESSAGES = new Set(['MessageTooLarge', 'RequestBodyTooLarge'])

export function isAboutMessage({ code, status }: AzureFailure): boolean {
  return OF_MESSAGES.has(code) || status === 413
}

export function answerError(
  { status, headers, code, message }: AzureFailure,
  name: string,
): FerryError {
  const known = CODES[code] ?? codeOfStatus(status)
  const said = [code || `HTTP ${status}`, message].filter(text => text !== '').join(': ')
  const text = known === 'QUEUE_NOT_FOUND' ? ' does not exist' : `: ${said}`
  return new FerryError(known, `\`${name}\`${text}`, {
    hint: HINTS[known],
    details: { status, ...(code === '' ? {} : { serviceCode: code }), ...retryAfter(headers) },
  })
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
