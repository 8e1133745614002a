import { readFailure } from '../../../clouds/azure/read-failure.ts'
import { readText } from '../../../clouds/http/read-text.ts'
import { retryRequest } from '../../../clouds/http/retry-request.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { AnswerBody } from '../../../clouds/http/wire-body.ts'
import type { ClientOptions, ServiceRequest, TextAnswer } from '../../http/service-request.ts'
import { XmlReader } from '../../../clouds/http/xml-reader.ts'
import { parseXml, type XmlElement } from '../../../clouds/http/xml.ts'
import {
  answerError,
  arrivedOtherwise,
  asFinal,
  brokenAnswer,
  type Failure,
  networkError,
  type Subject,
} from './errors.ts'
import { escapeKey, escapeSegment, printQuery } from './names.ts'
import type { Settings } from '../../../clouds/azure/settings.ts'

/** Of the service's interface. Version 2021-12-02 and later know the tier Cold. */
export const API_VERSION = '2023-11-03'

export interface BlobRequest extends Subject, ServiceRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly query?: Readonly<Record<string, string>> | undefined
}

/** Largest answer that is taken into memory: a list of 50,000 blocks is 8 MB. */
const MAX_TEXT_BYTES = 33_554_432

/** After so many in a row it is the key that is wrong by now. */
const MOST_REFUSALS = 4

/** The second is what Azurite says. */
const WRONG_SIGNATURE = new Set(['AuthenticationFailed', 'AuthorizationFailure'])

/** The one way to the service: addresses, signs, sends, tries again. */
export class BlobClient {
  readonly settings: Settings
  readonly #options: ClientOptions<Settings>
  readonly #basePath: string
  /** Answers since the last success that said that the signature is wrong; many before the first. */
  #refusals = MOST_REFUSALS

  constructor(options: ClientOptions<Settings>) {
    this.#options = options
    this.settings = options.settings
    this.#basePath = options.settings.endpoint.pathname.replace(/\/+$/, '')
  }

  /**
   * Sends a request and reads its whole answer. `read` makes the result of it, and is a part of the
   * attempt: what it throws is tried again where its code says so.
   */
  send<Result>(request: BlobRequest, read: (answer: TextAnswer) => Result): Promise<Result> {
    return this.#retry(request, async () => {
      const { status, headers, body } = await this.#exchange(request)
      return read({ status, headers, text: await this.#text(body, request) })
    })
  }

  /** Sends a request whose answer is XML. */
  sendForXml<Result>(
    request: BlobRequest,
    read: (root: XmlElement, answer: TextAnswer) => Result,
  ): Promise<Result> {
    return this.send(request, answer => {
      const root = asWhole(request, () => parseXml(withoutMark(answer.text)))
      return read(root, answer)
    })
  }

  /** The same for pages of listings, in which `read` goes from tag to tag. */
  sendForPage<Result>(request: BlobRequest, read: (xml: XmlReader) => Result): Promise<Result> {
    return this.send(request, ({ text }) =>
      asWhole(request, () => read(new XmlReader(withoutMark(text)))),
    )
  }

  /** Sends a request and hands its answer on as a stream, which is not taken up when it breaks. */
  open(request: BlobRequest): Promise<WireAnswer> {
    return this.#retry(request, () => this.#exchange(request))
  }

  /** The path of an object, a container or (an empty name) the account; escaped. */
  pathOf({ container, key }: Subject): string {
    const folder = `${this.#basePath}/${container === '' ? '' : escapeSegment(container)}`
    return key === undefined ? folder : `${folder}/${escapeKey(key)}`
  }

  /** Without a signature. */
  urlOf(subject: Subject): string {
    return `${this.settings.endpoint.origin}${this.pathOf(subject)}`
  }

  close(): Promise<void> {
    return this.#options.transport.close()
  }

  #retry<Result>(request: BlobRequest, work: () => Promise<Result>): Promise<Result> {
    return retryRequest(request, work, this.#options.retry, error => networkError(error, request))
  }

  async #exchange(request: BlobRequest): Promise<WireAnswer> {
    const answer = await this.#once(request)
    if (answer.status >= 200 && answer.status < 300) {
      this.#refusals = 0
      return answer
    }
    const failure = readFailure(answer, await this.#text(answer.body, request))
    throw this.#explain(failure, request)
  }

  #explain(failure: Failure, request: BlobRequest): Error {
    const { kind, expiresAt } = this.settings.authorizer
    if (kind === 'key' && WRONG_SIGNATURE.has(failure.code)) {
      // The key is right, as it was a moment ago: what was signed has changed on its way.
      if (this.#refusals++ < MOST_REFUSALS) return arrivedOtherwise(request)
    }
    const isOver = failure.status === 403 && expiresAt !== undefined && expiresAt < new Date()
    const ended = isOver ? { signatureEnded: expiresAt } : {}
    return asFinal(answerError({ ...failure, ...ended }, request))
  }

  async #once(request: BlobRequest): Promise<WireAnswer> {
    const { method, query = {}, body, signal, patienceMs } = request
    const { endpoint, authorizer } = this.settings
    const path = this.pathOf(request)
    const headers: Record<string, string> = {
      ...request.headers,
      'x-ms-date': new Date().toUTCString(),
      'x-ms-version': API_VERSION,
      ...(body !== undefined || method === 'PUT' || method === 'POST'
        ? { 'content-length': String(body?.length ?? 0) }
        : {}),
    }
    const signable = { method, path, query, headers }
    const proof = await authorizer.authorize(signable, signal)
    const search = [printQuery(query), proof.query].filter(part => part !== '').join('&')
    return this.#options.transport.send(
      {
        origin: endpoint.origin,
        method,
        path: search === '' ? path : `${path}?${search}`,
        headers: { ...headers, ...proof.headers, 'user-agent': 'ferry' },
        body,
        patienceMs,
      },
      signal,
    )
  }

  #text(body: AnswerBody, subject: Subject): Promise<string> {
    return readText(body, MAX_TEXT_BYTES, what => brokenAnswer(subject, what))
  }
}

/** Reads what comes as XML. @throws FerryError TRANSIENT (it is none) */
function asWhole<Result>(subject: Subject, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw brokenAnswer(subject, 'it is no whole XML', error)
  }
}

/** The service puts a mark of the order of bytes before its XML. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
