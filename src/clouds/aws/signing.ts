import { hash } from 'node:crypto'
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

/** Signs requests for a service by Signature Version 4. */
export class Signer {
  readonly #signer: SignatureV4

  constructor(service: string, credentials: AwsCredentialIdentityProvider) {
    this.#signer = new SignatureV4({
      credentials,
      region: '', // each request names its own
      service,
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

const BLOCK_BYTES = 64

/**
 * SHA-256 and its HMAC in the shape that the signer takes, of one piece of bytes. Node's `createHmac`
 * makes an object of each key, which takes longer than the two hashes of short texts (RFC 2104).
 */
class NodeSha256 {
  readonly #secret: Uint8Array | undefined
  #bytes: Uint8Array = new Uint8Array()

  constructor(secret?: Bytes) {
    this.#secret = secret === undefined ? undefined : asBytes(secret)
  }

  update(bytes: Uint8Array): void {
    if (this.#bytes.length > 0) throw new Error('a hash takes one piece')
    this.#bytes = bytes
  }

  async digest(): Promise<Uint8Array> {
    if (this.#secret === undefined) return sha256(this.#bytes)
    const key = this.#secret.length > BLOCK_BYTES ? sha256(this.#secret) : this.#secret
    return sha256(padded(key, OUTER, sha256(padded(key, INNER, this.#bytes))))
  }

  reset(): void {
    this.#bytes = new Uint8Array()
  }
}

const INNER = 0x36
const OUTER = 0x5c

/** The key, filled up to a block and mixed with `pad`, and the bytes after it. */
function padded(key: Uint8Array, pad: number, bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES + bytes.length)
  block.fill(pad, 0, BLOCK_BYTES)
  for (let at = 0; at < key.length; at++) block[at] = (key[at] ?? 0) ^ pad
  block.set(bytes, BLOCK_BYTES)
  return block
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

function asBytes(bytes: Bytes): Uint8Array {
  if (typeof bytes === 'string') return Buffer.from(bytes)
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
