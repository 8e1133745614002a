import { hash } from 'node:crypto'
import { openAgent } from '../http/agent.ts'
import { readText } from '../http/read-text.ts'
import { Transport, type WireAnswer } from '../http/transport.ts'
import { partition } from './sdk.ts'
import { type AwsService, type AwsSettings, readAuthority, readAwsSettings } from './settings.ts'
import { Signer } from './signing.ts'

/** An answer that was read whole. */
export interface AwsAnswer {
  readonly status: number
  readonly headers: WireAnswer['headers']
  readonly text: string
}

export interface AwsRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly signal: AbortSignal
  /** Makes the error for an answer that does not end. */
  readonly broken: (what: string) => Error
}

export interface AwsClientOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stallMs: number
  /** Where the resource is, when its name says so; otherwise the environment's region. */
  readonly region?: string | undefined
}

const MAX_ANSWER_BYTES = 4_194_304

/** Sends signed requests to a service of AWS that takes them all at one address. One try each. */
export class AwsClient {
  readonly region: string
  readonly #origin: string
  readonly #host: string
  readonly #path: string
  readonly #signer: Signer
  readonly #transport: Transport

  private constructor(parts: { url: URL; region: string; signer: Signer; transport: Transport }) {
    this.region = parts.region
    this.#origin = parts.url.origin
    this.#host = parts.url.host
    this.#path = `${parts.url.pathname.replace(/\/+$/, '')}/`
    this.#signer = parts.signer
    this.#transport = parts.transport
  }

  /** @throws FerryError CONFIG_INVALID, INPUT_MISSING, DENIED */
  static async open(service: AwsService, options: AwsClientOptions): Promise<AwsClient> {
    const { environment, stallMs } = options
    const settings = await readAwsSettings(environment, service)
    const region = options.region ?? settings.region
    const agent = await openAgent(options, await readAuthority(environment))
    return new AwsClient({
      url: settings.endpoint ?? new URL(`https://${hostOf(service, settings, region)}`),
      region,
      signer: new Signer(service.id, settings.credentials),
      transport: new Transport(agent, stallMs),
    })
  }

  async post({ headers, body, signal, broken }: AwsRequest): Promise<AwsAnswer> {
    const signed = await this.#signer.sign(
      {
        method: 'POST',
        protocol: this.#origin.startsWith('https:') ? 'https:' : 'http:',
        host: this.#host,
        path: this.#path,
        query: {},
        headers: {
          ...headers,
          'user-agent': 'ferry',
          'content-length': String(body.length),
          'x-amz-content-sha256': hash('sha256', body),
        },
      },
      this.region,
    )
    const answer = await this.#transport.send(
      { origin: this.#origin, method: 'POST', path: this.#path, headers: signed, body },
      signal,
    )
    const text = await readText(answer.body, MAX_ANSWER_BYTES, broken)
    return { status: answer.status, headers: answer.headers, text }
  }

  close(): Promise<void> {
    return this.#transport.close()
  }
}

function hostOf({ id }: AwsService, settings: AwsSettings, region: string): string {
  const { dnsSuffix, dualStackDnsSuffix } = partition(region)
  const suffix = settings.isDualStack ? dualStackDnsSuffix || dnsSuffix : dnsSuffix
  return `${id}${settings.isFips ? '-fips' : ''}.${region}.${suffix}`
}
