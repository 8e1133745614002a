import { FerryError, systemErrorCode } from '../../core/errors.ts'
import { FinalError } from '../../core/retry.ts'
import { StalledError } from './transport.ts'

/** What to do about a network that does not work, in the terms of one service. */
export interface NetworkHints {
  readonly certificate: string
  readonly unknownHost: string
  readonly noAnswer: string | undefined
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/

/** Of undici, and of our own client. */
const UNSENDABLE = new Set(['UND_ERR_INVALID_ARG', 'ERR_INVALID_CHAR'])

/** What went wrong below HTTP. Errors that no other try can mend come as FinalError. */
export function networkFailure(error: unknown, name: string, hints: NetworkHints): Error {
  if (error instanceof FerryError || error instanceof FinalError) return error
  const code = systemErrorCode(error) ?? ''
  const cause = error
  if (CERTIFICATE.test(code)) {
    const message = `\`${name}\`: the service’s certificate is not trusted (${code})`
    return new FinalError(
      new FerryError('CONFIG_INVALID', message, { cause, hint: hints.certificate }),
    )
  }
  if (UNSENDABLE.has(code)) {
    const message = `\`${name}\`: its content type or metadata cannot be sent in a header`
    return new FinalError(new FerryError('USAGE', message, { cause }))
  }
  if (code === 'ENOTFOUND') {
    const message = `\`${name}\`: the service’s host is unknown`
    return new FinalError(
      new FerryError('SERVICE_UNAVAILABLE', message, { cause, hint: hints.unknownHost }),
    )
  }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    const message = `\`${name}\`: the service does not answer (${code})`
    return new FerryError('SERVICE_UNAVAILABLE', message, { cause, hint: hints.noAnswer })
  }
  if (!(error instanceof StalledError) && code === '') return error as Error // a bug of ours
  const what = error instanceof Error ? error.message : code
  return new FerryError('TRANSIENT', `\`${name}\`: the connection broke: ${what}`, { cause })
}

/** An answer that said success, but cannot be what the service meant to say. */
export function brokenAnswerFrom(name: string, what: string, cause?: unknown): FerryError {
  return new FerryError('TRANSIENT', `\`${name}\`: the answer is broken: ${what}`, { cause })
}
