import type { AwsAnswer } from '../../../clouds/aws/service-client.ts'
import {
  brokenAnswerFrom,
  type NetworkHints,
  networkFailure,
} from '../../../clouds/http/failures.ts'
import { retryAfter } from '../../../clouds/http/headers.ts'
import { type ErrorCode, FerryError } from '../../../core/errors.ts'
import { codeOfStatus } from '../../answer-status.ts'
import type { SendOutcome } from '../../queue.ts'

/** What SQS or SNS says of a request, or of one message of it. */
export interface AmazonFailure {
  /** Without the name of the service before it; empty where it gave none. */
  readonly code: string
  readonly message: string
  readonly answer?: AwsAnswer | undefined
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  NonExistentQueue: 'QUEUE_NOT_FOUND',
  QueueDoesNotExist: 'QUEUE_NOT_FOUND',
  QueueDeletedRecently: 'QUEUE_NOT_FOUND',
  NotFound: 'QUEUE_NOT_FOUND',
  NotFoundException: 'QUEUE_NOT_FOUND',
  AccessDenied: 'DENIED',
  AccessDeniedException: 'DENIED',
  AuthorizationError: 'DENIED',
  AuthFailure: 'DENIED',
  ExpiredToken: 'DENIED',
  ExpiredTokenException: 'DENIED',
  IncompleteSignature: 'DENIED',
  InvalidAccessKeyId: 'DENIED',
  InvalidClientTokenId: 'DENIED',
  InvalidSecurity: 'DENIED',
  MissingAuthenticationToken: 'DENIED',
  OptInRequired: 'DENIED',
  RequestExpired: 'DENIED',
  SignatureDoesNotMatch: 'DENIED',
  UnrecognizedClientException: 'DENIED',
  OverLimit: 'THROTTLED',
  RequestThrottled: 'THROTTLED',
  InternalError: 'TRANSIENT',
  InternalFailure: 'TRANSIENT',
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
}

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  QUEUE_NOT_FOUND: 'check its name, the region (AWS_REGION) and the account of the credentials',
  DENIED:
    'check AWS_ACCESS_KEY_ID and what it permits: sqs:GetQueueUrl, sqs:SendMessage, sns:Publish',
  SERVICE_UNAVAILABLE: 'try again later; AWS_ENDPOINT_URL says where the service is looked for',
}

export function amazonError({ code, message, answer }: AmazonFailure, name: string): FerryError {
  const known = codeOf(code, answer?.status)
  const said = [code || (answer && `HTTP ${answer.status}`), message].filter(Boolean).join(': ')
  const text = known === 'QUEUE_NOT_FOUND' ? ' does not exist' : `: ${said}`
  return new FerryError(known, `\`${name}\`${text}`, {
    hint: HINTS[known],
    details: {
      ...(code === '' ? {} : { serviceCode: code }),
      ...(answer === undefined ? {} : { status: answer.status, ...retryAfter(answer.headers) }),
    },
  })
}

function codeOf(code: string, status: number | undefined): ErrorCode {
  const known = CODES[code]
  if (known !== undefined) return known
  if (/throttl/i.test(code)) return 'THROTTLED'
  if (code.startsWith('KMS')) return 'DENIED' // the key of the queue is another's, or gone
  if (status === undefined) return 'TRANSIENT'
  return codeOfStatus(status)
}

/** Codes that speak of the content or the size of messages: another try would end the same. */
const OF_MESSAGES = new Set([
  'BatchRequestTooLong',
  'InvalidMessageContents',
  'InvalidParameter',
  'InvalidParameterValue',
  'MessageTooLong',
])

/** Whether a failure is about what was sent. */
export function isAboutMessages({ code, answer }: AmazonFailure): boolean {
  return OF_MESSAGES.has(code) || answer?.status === 413
}

/** What became of a message that the service names among the failed. */
export function failedOutcome(failure: AmazonFailure, name: string): SendOutcome {
  if (!isAboutMessages(failure)) return { status: 'failed', error: amazonError(failure, name) }
  return { status: 'refused', reason: `\`${name}\`: ${failure.code}: ${failure.message}` }
}

const NETWORK_HINTS: NetworkHints = {
  certificate: 'name the file of its authority in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS',
  unknownHost: 'check AWS_ENDPOINT_URL, the region and the network',
  noAnswer: HINTS.SERVICE_UNAVAILABLE,
}

/** What went wrong below HTTP. */
export function networkError(error: unknown, name: string): Error {
  return networkFailure(error, name, NETWORK_HINTS)
}

/** An answer that said success, but cannot be what the service meant to say. */
export function brokenAnswer(name: string, what: string, cause?: unknown): FerryError {
  return brokenAnswerFrom(name, what, cause)
}

/** `com.amazonaws.sqs#QueueDoesNotExist` and `AWS.SimpleQueueService.NonExistentQueue`, shortened. */
export function bareCode(code: string): string {
  return code
    .replace(/^.*#/, '')
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/;.*$/, '')
}
