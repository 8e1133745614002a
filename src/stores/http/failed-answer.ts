import type { BodyFailures } from './answer-body.ts'
import { type ErrorCode, FerryError } from '../../core/errors.ts'
import { brokenAnswerFrom, type NetworkHints, networkFailure } from '../../clouds/http/failures.ts'
import { retryAfter } from '../../clouds/http/headers.ts'
import type { WireAnswer } from '../../clouds/http/transport.ts'

/** An answer that is none of success, as far as it can be read. */
export interface FailedAnswer {
  readonly status: number
  readonly headers: WireAnswer['headers']
  /** The service's own code; empty where it gave none. */
  readonly code: string
  readonly message: string
}

/** What a driver makes of it. */
export interface Understood {
  readonly known: ErrorCode
  /** Of the object or bucket. */
  readonly name: string
  readonly key: string | undefined
  /** Behind what the service says. */
  readonly addition: string
  readonly hint: string | undefined
  readonly details?: Readonly<Record<string, unknown>>
}

const ABSENT = new Set<ErrorCode>(['OBJECT_NOT_FOUND', 'BUCKET_NOT_FOUND'])

/** Names the code and the text of the service, and no URL. */
export function failedAnswer(
  { status, headers, code, message }: FailedAnswer,
  { known, name, key, addition, hint, details }: Understood,
): FerryError {
  const said = [code || `HTTP ${status}`, message].filter(text => text !== '').join(': ')
  const text = ABSENT.has(known) ? ' does not exist' : `: ${said}${addition}`
  return new FerryError(known, `\`${name}\`${text}`, {
    hint,
    details: {
      status,
      ...(code === '' ? {} : { serviceCode: code }),
      ...details,
      ...(key === undefined ? {} : { key }),
      ...retryAfter(headers),
    },
  })
}

/** Errors that no failed answer tells of, about what a driver's requests are about. */
export interface FailureWords<Subject> {
  /** What went wrong below HTTP. Errors that no other try can mend come as FinalError. */
  networkError(this: void, error: unknown, subject: Subject): Error
  /** An answer that said success, but cannot be what the service meant to say. */
  brokenAnswer(this: void, subject: Subject, what: string, cause?: unknown): FerryError
  /** The same two, of the body of an answer. */
  bodyFailures(this: void, subject: Subject): BodyFailures
  /** The service, or a checksum of its, says that it got something else. */
  arrivedOtherwise(this: void, subject: Subject): FerryError
}

export function failureWords<Subject extends { readonly key?: string | undefined }>(
  nameOf: (subject: Subject) => string,
  hints: NetworkHints,
): FailureWords<Subject> {
  const network = (error: unknown, subject: Subject): Error =>
    networkFailure(error, nameOf(subject), hints)
  const broken = (subject: Subject, what: string, cause?: unknown): FerryError =>
    brokenAnswerFrom(nameOf(subject), what, cause)
  return {
    networkError: network,
    brokenAnswer: broken,
    bodyFailures: subject => ({
      broken: what => broken(subject, what),
      network: error => network(error, subject),
    }),
    arrivedOtherwise: subject => {
      const message = `\`${nameOf(subject)}\` arrived at the service otherwise than it was sent`
      return new FerryError('TRANSFER_CORRUPT', message, { details: { key: subject.key } })
    },
  }
}
