import type { AzureFailure } from '../../../clouds/azure/read-failure.ts'
import type { ErrorCode, FerryError } from '../../../core/errors.ts'
import { FinalError } from '../../../core/retry.ts'
import { showKey } from '../../../formats/object-key.ts'
import type { NetworkHints } from '../../../clouds/http/failures.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { failedAnswer, failureWords } from '../../http/failed-answer.ts'

/** What a request was about, for messages. */
export interface Subject {
  readonly container: string
  readonly key?: string | undefined
}

/** A failed answer, and what the driver knows beside it. */
export interface Failure extends AzureFailure {
  /** When the signature of the URL ended, where that is past. */
  readonly signatureEnded?: Date | undefined
}

/** The code decides: several of them share each status. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  BlobNotFound: 'OBJECT_NOT_FOUND',
  ResourceNotFound: 'OBJECT_NOT_FOUND',
  ContainerNotFound: 'BUCKET_NOT_FOUND',
  ContainerDisabled: 'BUCKET_NOT_FOUND',
  ContainerBeingDeleted: 'BUSY',
  ConditionNotMet: 'PRECONDITION_FAILED',
  TargetConditionNotMet: 'PRECONDITION_FAILED',
  SourceConditionNotMet: 'PRECONDITION_FAILED',
  BlobAlreadyExists: 'PRECONDITION_FAILED',
  SnapshotsPresent: 'PRECONDITION_FAILED',
  InvalidRange: 'PRECONDITION_FAILED',
  LeaseIdMissing: 'BUSY',
  LeaseIdMismatchWithBlobOperation: 'BUSY',
  LeaseIdMismatchWithContainerOperation: 'BUSY',
  LeaseAlreadyPresent: 'BUSY',
  PendingCopyOperation: 'BUSY',
  InvalidBlockList: 'BUSY',
  BlobArchived: 'DENIED',
  BlobBeingRehydrated: 'BUSY',
  BlobImmutableDueToPolicy: 'DENIED',
  AccountIsDisabled: 'DENIED',
  AuthenticationFailed: 'DENIED',
  AuthorizationFailure: 'DENIED',
  AuthorizationPermissionMismatch: 'DENIED',
  AuthorizationResourceTypeMismatch: 'DENIED',
  AuthorizationServiceMismatch: 'DENIED',
  AuthorizationProtocolMismatch: 'DENIED',
  AuthorizationSourceIPMismatch: 'DENIED',
  InsufficientAccountPermissions: 'DENIED',
  InvalidAuthenticationInfo: 'DENIED',
  NoAuthenticationInformation: 'DENIED',
  PublicAccessNotPermitted: 'DENIED',
  KeyBasedAuthenticationNotPermitted: 'DENIED',
  InvalidResourceName: 'USAGE',
  InvalidUri: 'USAGE',
  OutOfRangeInput: 'USAGE',
  InvalidMetadata: 'USAGE',
  EmptyMetadataKey: 'USAGE',
  MetadataTooLarge: 'USAGE',
  InvalidBlobTier: 'USAGE',
  InvalidBlobType: 'UNSUPPORTED',
  InvalidBlobOrBlock: 'UNSUPPORTED',
  RequestBodyTooLarge: 'UNSUPPORTED',
  FeatureVersionMismatch: 'UNSUPPORTED',
  InvalidInput: 'TRANSFER_CORRUPT',
  InvalidXmlDocument: 'TRANSFER_CORRUPT',
  InvalidXmlNodeValue: 'TRANSFER_CORRUPT',
  UnsupportedXmlNode: 'TRANSFER_CORRUPT',
  Md5Mismatch: 'TRANSFER_CORRUPT',
  InvalidMd5: 'TRANSFER_CORRUPT',
  Crc64Mismatch: 'TRANSFER_CORRUPT',
  InternalError: 'TRANSIENT',
  OperationTimedOut: 'TRANSIENT',
  ServerBusy: 'THROTTLED',
}

const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'DENIED',
  403: 'DENIED',
  404: 'OBJECT_NOT_FOUND',
  408: 'TRANSIENT',
  409: 'PRECONDITION_FAILED',
  412: 'PRECONDITION_FAILED',
  416: 'PRECONDITION_FAILED',
  429: 'THROTTLED',
  501: 'UNSUPPORTED',
  503: 'SERVICE_UNAVAILABLE',
}

const ANOTHER_HOLDS_IT =
  'wait for the program that holds the lease, or end it: az storage blob lease break'
const TOO_LITTLE =
  'check what the credentials permit on the container: a role such as Storage Blob Data Contributor'

const CONTAINER_NAMES =
  'a container has 3 to 63 lower-case letters, digits and single hyphens as its name'

const HINTS: Readonly<Record<string, string>> = {
  InvalidResourceName: CONTAINER_NAMES,
  OutOfRangeInput: CONTAINER_NAMES,
  SnapshotsPresent: 'remove its snapshots first: az storage blob delete --delete-snapshots only',
  LeaseIdMissing: ANOTHER_HOLDS_IT,
  LeaseIdMismatchWithBlobOperation: ANOTHER_HOLDS_IT,
  LeaseAlreadyPresent: ANOTHER_HOLDS_IT,
  PendingCopyOperation: 'wait for the copy to it that is under way',
  InvalidBlockList: 'another upload of this name has taken the place of this one: start again',
  InvalidBlobOrBlock:
    'another program has begun to upload this name; its blocks go after a week, or choose another name',
  InvalidBlobType: 'it is no block blob: remove it first',
  BlobArchived: 'bring it back first: az storage blob set-tier --tier Hot',
  BlobBeingRehydrated: 'wait until it is back from the archive',
  ContainerBeingDeleted: 'wait a minute: a container of this name is being deleted',
  AuthenticationFailed: 'check the key or the shared access signature of the account',
  AuthorizationFailure: 'check the key, and whether the account’s firewall lets this machine in',
  AuthorizationPermissionMismatch: TOO_LITTLE,
  KeyBasedAuthenticationNotPermitted: 'the account takes no keys: log in with az login',
}

const HINTS_BY_CODE: Partial<Readonly<Record<ErrorCode, string>>> = {
  OBJECT_NOT_FOUND: 'see what is there with ferry ls',
  BUCKET_NOT_FOUND: 'check its name, or make it with ferry mb',
  DENIED: 'check the credentials, and what they permit on the container',
  SERVICE_UNAVAILABLE: 'try again later, and check the name of the account and its endpoint',
}

/** Others' locks and uploads last longer than it makes sense to ask again. */
const LASTING = new Set<ErrorCode>(['BUSY'])

export function subjectName({ container, key }: Subject): string {
  if (container === '') return 'az://'
  return key === undefined ? `az://${container}` : `az://${container}/${showKey(key)}`
}

/** A failed answer as Ferry's error. Names the code and the text of the service, and no URL. */
export function answerError(failure: Failure, subject: Subject): FerryError {
  const known = CODES[failure.code] ?? codeOfStatus(failure, subject)
  const requestId = textHeader(failure.headers, 'x-ms-request-id')
  return failedAnswer(failure, {
    known,
    name: subjectName(known === 'BUCKET_NOT_FOUND' ? { container: subject.container } : subject),
    key: subject.key,
    addition: whyDenied(failure),
    hint: hintFor(failure, known),
    details: requestId === undefined ? {} : { requestId },
  })
}

/** As `retry` shall take it: what lasts is not asked for again. */
export function asFinal(error: FerryError): Error {
  return LASTING.has(error.code) ? new FinalError(error) : error
}

function codeOfStatus({ status }: Failure, { key }: Subject): ErrorCode {
  if (status === 404 && key === undefined) return 'BUCKET_NOT_FOUND'
  const known = STATUSES[status]
  if (known !== undefined) return known
  return status >= 500 ? 'TRANSIENT' : 'UNSUPPORTED'
}

function hintFor(failure: Failure, known: ErrorCode): string | undefined {
  if (known === 'DENIED' && clockOffsetS(failure) !== undefined) {
    return 'set this machine’s clock, such as by timedatectl set-ntp true'
  }
  if (known === 'DENIED' && failure.signatureEnded !== undefined) {
    return 'ask for a new shared access signature'
  }
  return HINTS[failure.code] ?? HINTS_BY_CODE[known]
}

/** The service answers a wrong clock as it answers a wrong key; its own clock tells them apart. */
function whyDenied(failure: Failure): string {
  if (failure.signatureEnded !== undefined) {
    return `; the shared access signature ended at ${failure.signatureEnded.toISOString()}`
  }
  const seconds = clockOffsetS(failure)
  if (seconds === undefined) return ''
  const size = Math.abs(seconds)
  const shown = size < 120 ? `${size} s` : `${Math.round(size / 60)} minutes`
  return `; this machine’s clock is ${shown} ${seconds > 0 ? 'ahead' : 'behind'}`
}

/** The service takes requests whose time is off by up to a quarter of an hour. */
const MOST_OFFSET_S = 870

function clockOffsetS({ status, headers }: Failure): number | undefined {
  if (status !== 403) return undefined
  const seconds = Math.round((Date.now() - Date.parse(textHeader(headers, 'date') ?? '')) / 1_000)
  return Math.abs(seconds) > MOST_OFFSET_S ? seconds : undefined
}

const NETWORK_HINTS: NetworkHints = {
  certificate: 'name the file of its authority in NODE_EXTRA_CA_CERTS',
  unknownHost: 'check the name of the account, its endpoint and the network',
  noAnswer: HINTS_BY_CODE.SERVICE_UNAVAILABLE,
}

export const { networkError, brokenAnswer, bodyFailures, arrivedOtherwise } = failureWords(
  subjectName,
  NETWORK_HINTS,
)
