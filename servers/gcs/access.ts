/** Who may do what: by tokens, by tokens that a service account signed, and by signed URLs. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ApiError, type Call, parseJson } from './call.ts'

export interface Tokens {
  readonly writer: string
  /** Of one who may read only. */
  readonly reader: string
  /** A service account that may do everything, and its public key in PEM. */
  readonly account: { readonly email: string; readonly publicKey: string }
}

const MOST_SKEW_S = 300
const LONGEST_TOKEN_S = 3_600

export class Access {
  readonly #tokens: Tokens
  readonly #key: KeyObject

  constructor(tokens: Tokens) {
    this.#tokens = tokens
    this.#key = createPublicKey(tokens.account.publicKey)
  }

  /** @throws ApiError 401, 403 */
  check(call: Call): void {
    if (call.query.has('X-Goog-Signature')) {
      this.#checkUrl(call)
      return
    }
    const token = /^Bearer (.+)$/.exec(call.headers['authorization'] ?? '')?.[1]
    if (token === undefined) {
      throw new ApiError(401, 'required', 'Anonymous caller does not have access.')
    }
    if (token === this.#tokens.writer || this.#isOfAccount(token)) return
    if (token !== this.#tokens.reader) throw new ApiError(401, 'authError', 'Invalid Credentials')
    if (call.method === 'GET' || call.path.startsWith('/batch')) return
    const message = 'ferry@test does not have permission to do this (or it may not exist).'
    throw new ApiError(403, 'forbidden', message)
  }

  /** "Self-signed JWT" (AIP-4111). */
  #isOfAccount(token: string): boolean {
    const [head = '', claims = '', signature = ''] = token.split('.')
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${claims}`),
      this.#key,
      Buffer.from(signature, 'base64url'),
    )
    if (!isSigned) return false
    const { iss, sub, scope, iat, exp } = parseJson(Buffer.from(claims, 'base64url'))
    const now = Date.now() / 1_000
    const { email } = this.#tokens.account
    return (
      iss === email &&
      sub === email &&
      typeof scope === 'string' &&
      scope.includes('https://www.googleapis.com/auth/') &&
      typeof iat === 'number' &&
      typeof exp === 'number' &&
      exp - iat <= LONGEST_TOKEN_S &&
      Math.abs(now - iat) < LONGEST_TOKEN_S + MOST_SKEW_S &&
      iat <= now + MOST_SKEW_S &&
      exp > now
    )
  }

  /** "Signed URLs", version 4, with RSA. */
  #checkUrl({ method, path, query, headers }: Call): void {
    const names = (query.get('X-Goog-SignedHeaders') ?? '').split(';')
    const signature = query.get('X-Goog-Signature') ?? ''
    const others = [...query].filter(([name]) => name !== 'X-Goog-Signature')
    const canonical = [
      method,
      path,
      others
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .sort()
        .join('&'),
      ...names.map(name => `${name}:${headers[name] ?? ''}`),
      '',
      names.join(';'),
      'UNSIGNED-PAYLOAD',
    ].join('\n')
    const time = query.get('X-Goog-Date') ?? ''
    const [email, ...scope] = (query.get('X-Goog-Credential') ?? '').split('/')
    const hash = createHash('sha256').update(canonical).digest('hex')
    const text = ['GOOG4-RSA-SHA256', time, scope.join('/'), hash].join('\n')
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(text),
      this.#key,
      Buffer.from(signature, 'hex'),
    )
    if (email !== this.#tokens.account.email || !isSigned) {
      throw new ApiError(403, 'forbidden', 'The signature we calculated does not match.')
    }
    const begun = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)/, '$1-$2-$3:$4:'))
    const ends = begun + Number(query.get('X-Goog-Expires')) * 1_000
    if (!(begun < Date.now() + MOST_SKEW_S * 1_000 && Date.now() < ends)) {
      throw new ApiError(400, 'expired', 'The provided URL has expired.')
    }
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
