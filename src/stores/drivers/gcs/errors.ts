import type { ErrorCode, FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'
import type { NetworkHints } from '../../../clouds/http/failures.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { childText, parseXml } from '../../../clouds/http/xml.ts'
import { isRecord, recordsIn, textIn } from './json.ts'
import { type FailedAnswer, failedAnswer, failureWords } from '../../http/failed-answer.ts'

/** What a request was about, for messages. */
export interface Subject {
  readonly bucket: string
  readonly key?: string | undefined
  /** What was sent. */
  readonly body?: Uint8Array | undefined
}

/** The code is a reason of the JSON API, or a code of the XML API. */
export type Failure = FailedAnswer

/** The code decides; where it says no more than the status does, the status. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  // The XML API's.
  NoSuchKey: 'OBJECT_NOT_FOUND',
  NoSuchUpload: 'OBJECT_NOT_FOUND',
  NoSuchBucket: 'BUCKET_NOT_FOUND',
  BucketNotEmpty: 'BUCKET_NOT_EMPTY',
  InvalidBucketName: 'USAGE',
  KeyTooLong: 'KEY_INVALID',
  PreconditionFailed: 'PRECONDITION_FAILED',
  InvalidRange: 'PRECONDITION_FAILED',
  IncompleteBody: 'TRANSIENT',
  RequestTimeout: 'TRANSIENT',
  SlowDown: 'THROTTLED',
  // The JSON API's.
  rateLimitExceeded: 'THROTTLED',
  userRateLimitExceeded: 'THROTTLED',
  usageLimits: 'THROTTLED',
}

const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'DENIED',
  403: 'DENIED',
  405: 'UNSUPPORTED',
  408: 'TRANSIENT',
  409: 'PRECONDITION_FAILED',
  412: 'PRECONDITION_FAILED',
  416: 'PRECONDITION_FAILED',
  429: 'THROTTLED',
  501: 'UNSUPPORTED',
  503: 'SERVICE_UNAVAILABLE',
}

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  OBJECT_NOT_FOUND: 'see what is there with ferry ls',
  BUCKET_NOT_FOUND: 'check its name, or make it with ferry mb',
  DENIED: 'check the credentials, and what their roles permit on the bucket',
  SERVICE_UNAVAILABLE: 'try again later; STORAGE_EMULATOR_HOST says where it is looked for, if set',
}

export function subjectName({ bucket, key }: Subject): string {
  if (bucket === '') return 'gs://'
  return key === undefined ? `gs://${bucket}` : `gs://${bucket}/${showKey(key)}`
}

/** A failed answer as Ferry's error. Names the code and the text of the service, and no URL. */
export function answerError(failure: Failure, subject: Subject): FerryError {
  const known = codeOf(failure, subject)
  const skew = failure.status === 401 ? clockSkew(failure.headers) : undefined
  return failedAnswer(failure, {
    known,
    name: subjectName(known === 'BUCKET_NOT_FOUND' ? { bucket: subject.bucket } : subject),
    key: subject.key,
    addition: skew ?? '',
    hint: skew === undefined ? HINTS[known] : CLOCK_HINT,
  })
}

function codeOf({ status, code }: Failure, { key, body }: Subject): ErrorCode {
  const known = CODES[code] ?? STATUSES[status]
  if (known !== undefined) return known
  if (status === 404) return key === undefined ? 'BUCKET_NOT_FOUND' : 'OBJECT_NOT_FOUND'
  if (status === 400 && key !== undefined && !isName(key)) return 'KEY_INVALID'
  // Ferry's requests are well formed, and their checksums right: this one came as another.
  if (status === 400 && body !== undefined) return 'TRANSFER_CORRUPT'
  return status >= 500 ? 'TRANSIENT' : 'UNSUPPORTED'
}

/** "Object name requirements". Which of them a name breaks, the service does not say by a code. */
function isName(key: string): boolean {
  const bytes = Buffer.byteLength(key)
  const isReserved = key === '.' || key === '..' || key.startsWith('.well-known/acme-challenge/')
  return bytes > 0 && bytes <= 1_024 && !/[\r\n]/.test(key) && !isReserved && key.isWellFormed()
}

const CLOCK_HINT = 'set this machine’s clock, such as by timedatectl set-ntp true'

/** Tokens that a machine signs itself are good around their time only. */
const MOST_SKEW_S = 120

function clockSkew(headers: WireAnswer['headers']): string | undefined {
  const theirs = Date.parse(textHeader(headers, 'date') ?? '')
  const seconds = Math.round((Date.now() - theirs) / 1_000)
  const size = Math.abs(seconds)
  if (!(size > MOST_SKEW_S)) return undefined
  const side = seconds > 0 ? 'ahead' : 'behind'
  return `; this machine’s clock is ${Math.round(size / 60)} minutes ${side}`
}

/** What a failed answer says, in JSON or in XML; a proxy's page says its status only. */
export function readFailure(answer: Omit<WireAnswer, 'body'>, text: string): Failure {
  const { status, headers } = answer
  return { status, headers, ...(readJson(text) ?? readXml(text) ?? { code: '', message: '' }) }
}

interface Said {
  readonly code: string
  readonly message: string
}

function readJson(text: string): Said | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const content: unknown = JSON.parse(text)
    const error = isRecord(content) && isRecord(content['error']) ? content['error'] : {}
    const [first = {}] = recordsIn(error, 'errors') ?? []
    return { code: textIn(first, 'reason') ?? '', message: textIn(error, 'message') ?? '' }
  } catch {
    return undefined // cut off: the status has to do
  }
}

function readXml(text: string): Said | undefined {
  try {
    const error = parseXml(text)
    if (error.name !== 'Error') return undefined
    return { code: childText(error, 'Code') ?? '', message: childText(error, 'Message') ?? '' }
  } catch {
    return undefined // cut off, or none: the status has to do
  }
}

const NETWORK_HINTS: NetworkHints = {
  certificate: 'name the file of its authority in NODE_EXTRA_CA_CERTS',
  unknownHost: 'check the network, and STORAGE_EMULATOR_HOST if it is set',
  noAnswer: HINTS.SERVICE_UNAVAILABLE,
}

export const { networkError, brokenAnswer, bodyFailures, arrivedOtherwise } = failureWords(
  subjectName,
  NETWORK_HINTS,
)
