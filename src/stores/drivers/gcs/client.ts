import { readText } from '../../../clouds/http/read-text.ts'
import { retryRequest } from '../../../clouds/http/retry-request.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { AnswerBody } from '../../../clouds/http/wire-body.ts'
import type { ClientOptions, ServiceRequest, TextAnswer } from '../../http/service-request.ts'
import { parseXml, type XmlElement } from '../../../clouds/http/xml.ts'
import { printQuery, type Query } from '../../http/escape-key.ts'
import { xmlPath } from './addressing.ts'
import {
  answerError,
  brokenAnswer,
  type Failure,
  networkError,
  readFailure,
  type Subject,
} from './errors.ts'
import { isRecord, type JsonRecord } from './json.ts'
import type { Settings } from './settings.ts'

export interface GcsRequest extends Subject, ServiceRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Escaped, without the query. */
  readonly path: string
  readonly query?: Query | undefined
}

/** Largest answer that is taken into memory: a full page of the longest names is 4 MB. */
const MAX_TEXT_BYTES = 16_777_216

/** The one way to the service: authorizes, sends, tries again, tells what is absent. */
export class GcsClient {
  readonly settings: Settings
  readonly #options: ClientOptions<Settings>

  constructor(options: ClientOptions<Settings>) {
    this.#options = options
    this.settings = options.settings
  }

  /**
   * Sends a request and reads its whole answer. `read` makes the result of it, and is a part of the
   * attempt: what it throws is tried again where its code says so.
   */
  send<Result>(request: GcsRequest, read: (answer: TextAnswer) => Result): Promise<Result> {
    return this.#retry(request, async () => {
      const { status, headers, body } = await this.#exchange(request)
      return read({ status, headers, text: await this.#text(body, request) })
    })
  }

  /** Sends a request of the JSON API. */
  sendForJson<Result>(
    request: GcsRequest,
    read: (content: JsonRecord, answer: TextAnswer) => Result,
  ): Promise<Result> {
    return this.send(request, answer => read(parseJson(answer.text, request), answer))
  }

  /** Sends a request of the XML API. Some errors come with a status of success. */
  sendForXml<Result>(
    request: GcsRequest,
    read: (root: XmlElement, answer: TextAnswer) => Result,
  ): Promise<Result> {
    return this.send(request, answer => {
      const root = parseWhole(answer.text, request)
      if (root.name === 'Error') {
        throw answerError(readFailure({ ...answer, status: 200 }, answer.text), request)
      }
      return read(root, answer)
    })
  }

  /** Sends a request and hands its answer on as a stream, which is not taken up when it breaks. */
  open(request: GcsRequest): Promise<WireAnswer> {
    return this.#retry(request, () => this.#exchange(request))
  }

  close(): Promise<void> {
    return this.#options.transport.close()
  }

  #retry<Result>(request: GcsRequest, work: () => Promise<Result>): Promise<Result> {
    return retryRequest(request, work, this.#options.retry, error => networkError(error, request))
  }

  /** One attempt. A token that was refused may have been withdrawn: a new one is tried, once. */
  async #exchange(request: GcsRequest): Promise<WireAnswer> {
    for (let turn = 1; ; turn++) {
      const answer = await this.#once(request)
      if (answer.status >= 200 && answer.status < 300) return answer
      const failure = readFailure(answer, await this.#text(answer.body, request))
      if (answer.status === 401 && turn === 1 && this.settings.credentials.renew()) continue
      throw answerError(await this.#explain(request, failure), request)
    }
  }

  async #once(request: GcsRequest): Promise<WireAnswer> {
    const { settings, transport } = this.#options
    const { method, path, query = {}, body, signal, patienceMs } = request
    const token = await settings.credentials.token(signal)
    const headers: Record<string, string> = { ...request.headers, 'user-agent': 'ferry' }
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`
    if (settings.quotaProject !== undefined) headers['x-goog-user-project'] = settings.quotaProject
    if (method === 'PUT' || method === 'POST') {
      headers['content-length'] = String(body?.length ?? 0)
    }
    const { origin } = settings.endpoint
    const wire = { origin, method, path: `${path}${printQuery(query)}`, headers, body, patienceMs }
    return transport.send(wire, signal)
  }

  /** The JSON API says of an object and of its bucket that they are absent in the same words. */
  async #explain(request: GcsRequest, failure: Failure): Promise<Failure> {
    const { bucket, key, signal } = request
    if (failure.status !== 404 || failure.code !== 'notFound' || key === undefined) return failure
    const path = xmlPath(bucket, key)
    const headers = { range: 'bytes=0-0' }
    const answer = await this.#once({ bucket, key, method: 'GET', path, headers, signal })
    const told = readFailure(answer, await this.#text(answer.body, request))
    return told.code === 'NoSuchBucket' ? told : failure
  }

  #text(body: AnswerBody, subject: Subject): Promise<string> {
    return readText(body, MAX_TEXT_BYTES, what => brokenAnswer(subject, what))
  }
}

function parseJson(text: string, subject: Subject): JsonRecord {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw brokenAnswer(subject, 'it is no whole JSON', error)
  }
  if (!isRecord(content)) throw brokenAnswer(subject, 'it is no JSON object')
  return content
}

function parseWhole(text: string, subject: Subject): XmlElement {
  try {
    return parseXml(text)
  } catch (error) {
    throw brokenAnswer(subject, 'it is no whole XML', error)
  }
}
