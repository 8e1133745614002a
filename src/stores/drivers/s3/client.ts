import { FinalError } from '../../../core/retry.ts'
import { printQuery } from '../../http/escape-key.ts'
import { addressOf, keyPath } from './addressing.ts'
import {
  answerError,
  brokenAnswer,
  type Failure,
  networkError,
  readFailure,
  type Subject,
} from './errors.ts'
import type { NameSpelling } from './metadata.ts'
import type { Settings } from './settings.ts'
import { payloadHash, Signer } from '../../../clouds/aws/signing.ts'
import { readText } from '../../../clouds/http/read-text.ts'
import { retryRequest } from '../../../clouds/http/retry-request.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { AnswerBody } from '../../../clouds/http/wire-body.ts'
import type { ClientOptions, ServiceRequest, TextAnswer } from '../../http/service-request.ts'
import { XmlReader } from '../../../clouds/http/xml-reader.ts'
import { parseXml, type XmlElement } from '../../../clouds/http/xml.ts'

export interface S3Request extends Subject, ServiceRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly query?: Readonly<Record<string, string>> | undefined
}

/** Largest answer that is taken into memory: a full page of the longest keys is 4 MB. */
const MAX_TEXT_BYTES = 16_777_216

const MOST_REDIRECTIONS = 3

/** The one way to the service: addresses, signs, sends, tries again, finds the bucket's region. */
export class S3Client {
  readonly settings: Settings
  /** The hosts are Amazon's own. */
  readonly isAmazon: boolean
  readonly spelling: NameSpelling
  readonly #options: ClientOptions<Settings>
  readonly #signer: Signer
  readonly #regions = new Map<string, string>()
  /** The service has taken our signature before. */
  #isTrusted = false

  constructor(options: ClientOptions<Settings>) {
    this.#options = options
    this.settings = options.settings
    this.isAmazon = options.settings.endpoint === undefined
    this.spelling = this.isAmazon ? '_' : '-'
    this.#signer = new Signer('s3', options.settings.credentials)
  }

  /**
   * Sends a request and reads its whole answer. `read` makes the result of it, and is a part of the
   * attempt: what it throws is tried again where its code says so.
   */
  send<Result>(request: S3Request, read: (answer: TextAnswer) => Result): Promise<Result> {
    return this.#retry(request, async () => {
      const { status, headers, body } = await this.#exchange(request)
      return read({ status, headers, text: await this.#text(body, request) })
    })
  }

  /** Sends a request whose answer is XML. Some errors come as XML with a status of success. */
  sendForXml<Result>(
    request: S3Request,
    read: (root: XmlElement, answer: TextAnswer) => Result,
  ): Promise<Result> {
    return this.send(request, answer => read(this.#parse(answer, request), answer))
  }

  /** The same for pages of listings, in which `read` goes from tag to tag. */
  sendForPage<Result>(request: S3Request, read: (xml: XmlReader) => Result): Promise<Result> {
    return this.send(request, answer => {
      try {
        return read(new XmlReader(answer.text))
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        this.#parse(answer, request) // to tell what it is instead
        throw brokenAnswer(request, error.message, error)
      }
    })
  }

  /** Sends a request and hands its answer on as a stream, which is not taken up when it breaks. */
  open(request: S3Request): Promise<WireAnswer> {
    return this.#retry(request, () => this.#exchange(request))
  }

  async presign(subject: Subject, method: string, expiresInS: number): Promise<string> {
    const region = this.#regionOf(subject.bucket)
    const { origin, host, path } = addressOf(this.settings, subject.bucket, region)
    const request = {
      method,
      protocol: new URL(origin).protocol,
      host,
      path: `${path}/${keyPath(subject.key ?? '')}`,
      query: {},
      headers: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' }, // becomes a part of the query
    }
    const query = await this.#signer.presign(request, { region, expiresInS })
    return `${origin}${request.path}${printQuery(query)}`
  }

  close(): Promise<void> {
    return this.#options.transport.close()
  }

  #parse(answer: TextAnswer, request: S3Request): XmlElement {
    let root: XmlElement
    try {
      root = parseXml(answer.text)
    } catch (error) {
      throw brokenAnswer(request, 'it is no whole XML', error)
    }
    if (root.name === 'Error') throw this.#asError(readFailure(answer, answer.text), request)
    return root
  }

  #retry<Result>(request: S3Request, work: () => Promise<Result>): Promise<Result> {
    return retryRequest(request, work, this.#options.retry, error => networkError(error, request))
  }

  /** One attempt; a wrong region is no failure, but learnt. */
  async #exchange(request: S3Request): Promise<WireAnswer> {
    for (let turn = 1; ; turn++) {
      const answer = await this.#once(request)
      if (answer.status >= 200 && answer.status < 300) {
        this.#isTrusted = true
        return answer
      }
      const failure = await this.#explain(
        request,
        readFailure(answer, await this.#text(answer.body, request)),
      )
      const isElsewhere = turn < MOST_REDIRECTIONS && this.#learnRegion(request.bucket, failure)
      if (!isElsewhere) throw this.#asError(failure, request)
    }
  }

  #asError(failure: Failure, request: S3Request): Error {
    const error = answerError(failure, request)
    if (failure.code === 'SignatureDoesNotMatch' && this.#isTrusted) {
      return brokenAnswer(request, 'the request was damaged on its way', error)
    }
    // The parts are what they are; a body that came otherwise than it was sent can be sent again.
    const isCompletion = request.method === 'POST' && request.query?.['uploadId'] !== undefined
    const isOfParts =
      failure.code === 'InvalidPart' || (failure.code === 'BadDigest' && isCompletion)
    return isOfParts ? new FinalError(error) : error
  }

  async #once({ bucket, key, method, query = {}, ...rest }: S3Request): Promise<WireAnswer> {
    const region = this.#regionOf(bucket)
    const { origin, host, path: folder } = addressOf(this.settings, bucket, region)
    const protocol = origin.startsWith('https:') ? 'https:' : 'http:'
    const path = `${folder}/${key === undefined ? '' : keyPath(key)}`
    const { body, signal } = rest
    const headers = await this.#signer.sign(
      {
        method,
        protocol,
        host,
        path,
        query,
        headers: {
          ...rest.headers,
          'user-agent': 'ferry',
          'x-amz-content-sha256': payloadHash(protocol, body),
          ...(body === undefined && method !== 'PUT' && method !== 'POST'
            ? {}
            : { 'content-length': String(body?.length ?? 0) }),
        },
      },
      region,
    )
    return this.#options.transport.send(
      { origin, method, path: `${path}${printQuery(query)}`, headers, body },
      signal,
    )
  }

  #regionOf(bucket: string): string {
    return this.#regions.get(bucket) ?? this.settings.region
  }

  #learnRegion(bucket: string, { region, status, code }: Failure): boolean {
    if (region === undefined || region === this.#regionOf(bucket) || bucket === '') return false
    const isWrongRegion =
      status === 301 || status === 307 || (status === 400 && REGION_CODES.has(code))
    if (isWrongRegion) this.#regions.set(bucket, region)
    return isWrongRegion
  }

  /** An answer to HEAD has no body: what is wrong with the request, a GET is told. */
  async #explain(request: S3Request, failure: Failure): Promise<Failure> {
    if (request.method === 'HEAD' && failure.status === 404 && request.key !== undefined) {
      const isThere = await this.#hasBucket(request)
      return isThere ? failure : { ...failure, code: 'NoSuchBucket' }
    }
    const isMute = request.method === 'HEAD' && (failure.status === 400 || failure.status === 403)
    if (!isMute) return failure
    const { bucket, key, signal } = request
    const isBucket = key === undefined
    const { status, headers, body } = await this.#once({
      method: 'GET',
      bucket,
      key,
      signal,
      query: isBucket ? { 'list-type': '2', 'max-keys': '1' } : {},
      headers: isBucket ? {} : { range: 'bytes=0-0' },
    })
    const text = await this.#text(body, request)
    const told = readFailure({ status, headers }, text)
    return status >= 400 && told.code !== '' ? told : failure
  }

  async #hasBucket({ bucket, signal }: S3Request): Promise<boolean> {
    const { status, body } = await this.#once({ method: 'HEAD', bucket, signal })
    await this.#text(body, { bucket })
    return status !== 404
  }

  #text(body: AnswerBody, subject: Subject): Promise<string> {
    return readText(body, MAX_TEXT_BYTES, what => brokenAnswer(subject, what))
  }
}

const REGION_CODES = new Set([
  '', // to HEAD
  'AuthorizationHeaderMalformed',
  'PermanentRedirect',
  'IllegalLocationConstraintException',
])
