import { FerryError } from '../../core/errors.ts'
import { FinalError, type RetryPolicy } from '../../core/retry.ts'
import { networkFailure } from '../../clouds/http/failures.ts'
import { textHeader } from '../../clouds/http/headers.ts'
import { retryRequest } from '../../clouds/http/retry-request.ts'
import type { Transport, WireAnswer } from '../../clouds/http/transport.ts'
import { decompress } from '../../formats/compression.ts'
import type { Redactor } from '../redactor.ts'
import { answerFailure } from './answer-failure.ts'
import type { Authentication, Authorization } from './authorization.ts'
import type { Pace } from './pace.ts'

export interface ApiRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface ApiAnswer {
  /** Where it came from, after redirections. */
  readonly url: URL
  readonly headers: WireAnswer['headers']
  /** 304: what was asked for with `if-none-match` and the like is as it was. */
  readonly isUnchanged: boolean
  /** Without the encoding of its transport. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface ApiClientOptions {
  readonly transport: Transport
  readonly pace: Pace
  readonly authentication: Authentication
  readonly redactor: Redactor
  readonly retry: RetryPolicy
  /** Credentials are sent to these alone (`https://api.example`). */
  readonly origins: ReadonlySet<string>
  readonly signal: AbortSignal
}

const MOST_REDIRECTIONS = 5
const SAID_BYTES = 2_048
const SAID_CHARACTERS = 200

const HINTS = {
  certificate: 'set NODE_EXTRA_CA_CERTS to the certificate of who signed it',
  unknownHost: 'check the host in the URL',
  noAnswer: undefined,
}

/** The one way to a service: authorizes, keeps the pace, sends, tries again where that can help. */
export class ApiClient {
  readonly #options: ApiClientOptions

  constructor(options: ApiClientOptions) {
    this.#options = options
  }

  /**
   * Sends a request and has its answer read. `read` is a part of each attempt: an answer that breaks
   * off, or that `read` finds torn (TRANSIENT), is asked for again. @throws FerryError without secrets
   */
  async fetch<Result>(
    request: ApiRequest,
    read: (answer: ApiAnswer) => Promise<Result>,
  ): Promise<Result> {
    const { signal, retry, redactor } = this.#options
    const attempt = async (): Promise<Result> => read(await this.#exchange(request))
    try {
      return await retryRequest({ signal }, attempt, retry, error => asKnown(error, request.url))
    } catch (error) {
      signal.throwIfAborted()
      throw redactor.error(error)
    }
  }

  /** One attempt. A token that was refused may have expired: a new one is tried, once. */
  async #exchange(request: ApiRequest): Promise<ApiAnswer> {
    const { authentication, signal } = this.#options
    let { url } = request
    let isRenewed = false
    for (let redirections = 0; ; ) {
      const isOurs = this.#options.origins.has(url.origin)
      const authorization = isOurs ? await authentication.authorize(signal) : undefined
      const answer = await this.#send({ ...request, url }, authorization)
      const { status, headers, body } = answer
      if ((status >= 200 && status < 300) || status === 304) {
        return { url, headers, isUnchanged: status === 304, body: decoded(answer) }
      }
      const location = textHeader(headers, 'location')
      if (REDIRECTIONS.has(status) && location !== undefined && request.method === 'GET') {
        body.discard()
        if (++redirections > MOST_REDIRECTIONS) {
          throw new FerryError('DATA_INVALID', `\`${nameOf(request.url)}\` redirects in circles`)
        }
        url = new URL(location, url)
        continue
      }
      const said = await this.#said(answer)
      if (status === 401 && authorization !== undefined && !isRenewed) {
        isRenewed = true
        if (authentication.renew(authorization)) continue
      }
      throw answerFailure(nameOf(url), answer, said)
    }
  }

  async #send(request: ApiRequest, authorization: Authorization | undefined): Promise<WireAnswer> {
    const { transport, pace, signal } = this.#options
    const { method, headers } = request
    await pace.turn(signal)
    const url = new URL(request.url)
    for (const [name, value] of Object.entries(authorization?.params ?? {})) {
      url.searchParams.set(name, value)
    }
    const body = request.body === undefined ? undefined : Buffer.from(request.body)
    const all: Record<string, string> = {
      accept: 'application/json, */*;q=0.5',
      'accept-encoding': 'gzip',
      'user-agent': 'ferry',
      ...headers,
      ...authorization?.headers,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    }
    const path = `${url.pathname}${url.search}`
    return transport.send({ origin: url.origin, method, path, headers: all, body }, signal)
  }

  /** The beginning of what a service says to its no. */
  async #said(answer: WireAnswer): Promise<string> {
    let text = ''
    for await (const chunk of decoded(answer)) {
      text += Buffer.from(chunk).toString('utf8')
      if (text.length > SAID_BYTES) break
    }
    const line = text.replaceAll(/\s+/g, ' ').trim()
    const said = /^<(!doctype|html)/i.test(line) ? '' : line
    return this.#options.redactor.text(said).slice(0, SAID_CHARACTERS)
  }
}

const REDIRECTIONS = new Set([301, 302, 303, 307, 308])

/** Without the query, which may hold what nobody should see. */
export function nameOf(url: URL): string {
  return `${url.origin}${url.pathname}`
}

async function* decoded({ headers, body }: WireAnswer): AsyncGenerator<Uint8Array> {
  const encoding = textHeader(headers, 'content-encoding')?.toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') {
    yield* body
    return
  }
  if (encoding !== 'gzip' && encoding !== 'zstd') {
    body.discard()
    throw new FerryError(
      'UNSUPPORTED',
      `the answer is encoded as \`${encoding}\`, which nobody asked for`,
    )
  }
  try {
    yield* decompress(body, encoding)
  } catch (error) {
    const isDamaged = error instanceof FerryError && error.code === 'DATA_INVALID'
    if (!isDamaged) throw error
    throw new FerryError('TRANSIENT', `the answer’s ${encoding} is damaged`, { cause: error })
  }
}

function asKnown(error: unknown, url: URL): Error {
  // The disk on which rows wait is not the service's: asking it again does not help.
  const isLocal = error instanceof FerryError && error.code === 'LOCAL_IO'
  return isLocal ? new FinalError(error) : networkFailure(error, nameOf(url), HINTS)
}
