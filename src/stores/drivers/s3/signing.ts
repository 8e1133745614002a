import { createHash, createHmac, hash, type Hash, type Hmac } from 'node:crypto'
import { type AwsCredentialIdentityProvider, SignatureV4 } from './sdk.ts'

export interface Signable {
  readonly method: string
  readonly protocol: string
  readonly host: string
  /** Escaped, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** Over TLS nobody can change a body on its way; what breaks by accident, checksums find. */
const UNSIGNED = 'UNSIGNED-PAYLOAD'

/** What the signature's `x-amz-content-sha256` says of a body. */
export function payloadHash(protocol: string, body: Uint8Array | undefined): string {
  if (protocol === 'https:') return UNSIGNED
  return body === undefined ? EMPTY_SHA256 : hash('sha256', body)
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Signs requests for S3 by Signature Version 4. */
export class Signer {
  readonly #signer: SignatureV4

  constructor(credentials: AwsCredentialIdentityProvider) {
    this.#signer = new SignatureV4({
      credentials,
      region: '', // each request names its own
      service: 's3',
      sha256: NodeSha256,
      uriEscapePath: false, // S3's paths are escaped once, and `..` stays
    })
  }

  /** The headers with the signature. */
  async sign(request: Signable, region: string): Promise<Record<string, string>> {
    const { headers } = await this.#signer.sign(asHttpRequest(request), { signingRegion: region })
    return headers
  }

  /** The query with the signature. */
  async presign(
    request: Signable,
    { region, expiresInS }: { readonly region: string; readonly expiresInS: number },
  ): Promise<Record<string, string>> {
    const signed = await this.#signer.presign(asHttpRequest(request), {
      signingRegion: region,
      expiresIn: expiresInS,
    })
    const query = Object.entries(signed.query ?? {})
    return Object.fromEntries(query.map(([name, value]) => [name, String(value ?? '')]))
  }
}

function asHttpRequest({ method, protocol, host, path, query, headers }: Signable) {
  return {
    method,
    protocol,
    hostname: host,
    path,
    query: { ...query },
    headers: { ...headers, host },
  }
}

type Bytes = string | ArrayBuffer | ArrayBufferView

/** Node's SHA-256 in the shape that the signer takes. */
class NodeSha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asView(secret))
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    throw new Error('a hash is used once')
  }
}

function asView(bytes: Bytes): string | Uint8Array {
  if (typeof bytes === 'string') return bytes
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
