import type { ErrorCode, FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'
import type { NetworkHints } from '../../../clouds/http/failures.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { childText, parseXml } from '../../../clouds/http/xml.ts'
import { type FailedAnswer, failedAnswer, failureWords } from '../../http/failed-answer.ts'

/** What a request was about, for messages. */
export interface Subject {
  readonly bucket: string
  readonly key?: string | undefined
}

/** An answer that is none of success, as far as it can be read. */
export interface Failure extends FailedAnswer {
  readonly region?: string | undefined
  readonly serverTime?: string | undefined
}

/** The code decides, as services agree on codes more than on statuses. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  NoSuchKey: 'OBJECT_NOT_FOUND',
  NoSuchVersion: 'OBJECT_NOT_FOUND',
  NoSuchUpload: 'OBJECT_NOT_FOUND',
  NoSuchBucket: 'BUCKET_NOT_FOUND',
  BucketNotEmpty: 'BUCKET_NOT_EMPTY',
  BucketAlreadyExists: 'DENIED',
  InvalidBucketName: 'USAGE',
  PreconditionFailed: 'PRECONDITION_FAILED',
  InvalidRange: 'PRECONDITION_FAILED',
  // Two writers at once: the one who tries again learns who won.
  ConditionalRequestConflict: 'TRANSIENT',
  OperationAborted: 'TRANSIENT',
  AccessDenied: 'DENIED',
  AllAccessDisabled: 'DENIED',
  AccountProblem: 'DENIED',
  InvalidAccessKeyId: 'DENIED',
  SignatureDoesNotMatch: 'DENIED',
  AuthorizationHeaderMalformed: 'DENIED',
  InvalidToken: 'DENIED',
  ExpiredToken: 'DENIED',
  TokenRefreshRequired: 'DENIED',
  RequestTimeTooSkewed: 'DENIED',
  RequestExpired: 'DENIED',
  InvalidObjectState: 'DENIED',
  KeyTooLongError: 'KEY_INVALID',
  KeyTooLong: 'KEY_INVALID',
  InvalidStorageClass: 'USAGE',
  EntityTooLarge: 'UNSUPPORTED',
  NotImplemented: 'UNSUPPORTED',
  MethodNotAllowed: 'UNSUPPORTED',
  BadDigest: 'TRANSFER_CORRUPT',
  InvalidDigest: 'TRANSFER_CORRUPT',
  XAmzContentSHA256Mismatch: 'TRANSFER_CORRUPT',
  XAmzContentChecksumMismatch: 'TRANSFER_CORRUPT',
  // What was said of a part on its way here is not what the service has.
  InvalidPart: 'TRANSFER_CORRUPT',
  IncompleteBody: 'TRANSIENT',
  RequestTimeout: 'TRANSIENT',
  InternalError: 'TRANSIENT',
  SlowDown: 'THROTTLED',
  SlowDownRead: 'THROTTLED',
  SlowDownWrite: 'THROTTLED',
  RequestLimitExceeded: 'THROTTLED',
  TooManyRequests: 'THROTTLED',
  Throttling: 'THROTTLED',
  ThrottlingException: 'THROTTLED',
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
}

const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'DENIED',
  403: 'DENIED',
  404: 'OBJECT_NOT_FOUND',
  405: 'UNSUPPORTED',
  408: 'TRANSIENT',
  409: 'PRECONDITION_FAILED',
  411: 'UNSUPPORTED',
  412: 'PRECONDITION_FAILED',
  416: 'PRECONDITION_FAILED',
  429: 'THROTTLED',
  501: 'UNSUPPORTED',
  503: 'SERVICE_UNAVAILABLE',
}

const HINTS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'check AWS_ACCESS_KEY_ID, or the profile that AWS_PROFILE names',
  SignatureDoesNotMatch: 'check AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names',
  InvalidToken: 'check AWS_SESSION_TOKEN; keys of their own must come without one',
  ExpiredToken: 'the session is over: log in anew, such as with aws sso login',
  RequestTimeTooSkewed: 'set this machine’s clock, such as by timedatectl set-ntp true',
  InvalidObjectState: 'the object is archived: restore it first',
  BucketAlreadyExists: 'another account has a bucket of that name: choose another',
}

const HINTS_BY_CODE: Partial<Readonly<Record<ErrorCode, string>>> = {
  OBJECT_NOT_FOUND: 'see what is there with ferry ls',
  BUCKET_NOT_FOUND: 'check its name, or make it with ferry mb',
  DENIED: 'check the credentials, and what they permit on the bucket',
  SERVICE_UNAVAILABLE: 'try again later; AWS_ENDPOINT_URL says where S3 is looked for',
}

export function subjectName({ bucket, key }: Subject): string {
  if (bucket === '') return 's3://'
  return key === undefined ? `s3://${bucket}` : `s3://${bucket}/${showKey(key)}`
}

/** A failed answer as Ferry's error. Names the code and the text of the service, and no URL. */
export function answerError(failure: Failure, subject: Subject): FerryError {
  const known = CODES[failure.code] ?? codeOfStatus(failure, subject)
  return failedAnswer(failure, {
    known,
    name: subjectName(known === 'BUCKET_NOT_FOUND' ? { bucket: subject.bucket } : subject),
    key: subject.key,
    addition: skew(failure),
    hint: HINTS[failure.code] ?? HINTS_BY_CODE[known],
  })
}

function codeOfStatus({ status }: Failure, { key }: Subject): ErrorCode {
  if (status === 404 && key === undefined) return 'BUCKET_NOT_FOUND'
  const known = STATUSES[status]
  if (known !== undefined) return known
  return status >= 500 ? 'TRANSIENT' : 'UNSUPPORTED'
}

/** How far the clock is off, where the answer has the service's own time. */
function skew({ code, serverTime, headers }: Failure): string {
  if (code !== 'RequestTimeTooSkewed' && code !== 'RequestExpired') return ''
  const theirs = Date.parse(serverTime ?? textHeader(headers, 'date') ?? '')
  if (Number.isNaN(theirs)) return ''
  const seconds = Math.round((Date.now() - theirs) / 1_000)
  const size = Math.abs(seconds)
  const shown = size < 120 ? `${size} s` : `${Math.round(size / 60)} minutes`
  return `; this machine’s clock is ${shown} ${seconds > 0 ? 'ahead' : 'behind'}`
}

/** What a failed answer says; an answer that is no XML (a proxy's page) says its status only. */
export function readFailure(answer: Omit<WireAnswer, 'body'>, text: string): Failure {
  const { status, headers } = answer
  const bucketRegion = textHeader(headers, 'x-amz-bucket-region')
  try {
    const error = parseXml(text)
    return {
      status,
      headers,
      code: childText(error, 'Code') ?? '',
      message: childText(error, 'Message') ?? '',
      region: childText(error, 'Region') ?? bucketRegion,
      serverTime: childText(error, 'ServerTime'),
    }
  } catch {
    return { status, headers, code: '', message: '', region: bucketRegion }
  }
}

const NETWORK_HINTS: NetworkHints = {
  certificate: 'name the file of its authority in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS',
  unknownHost: 'check AWS_ENDPOINT_URL, the region and the network',
  noAnswer: HINTS_BY_CODE.SERVICE_UNAVAILABLE,
}

export const { networkError, brokenAnswer, bodyFailures, arrivedOtherwise } = failureWords(
  subjectName,
  NETWORK_HINTS,
)
