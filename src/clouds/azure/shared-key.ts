import { FerryError } from '../../core/errors.ts'
import type { Authorization, Authorizer, Signable } from './authorization.ts'
import { Hmac } from './hmac.ts'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Signs each request with the account's key (`Shared Key` of the service's documentation). */
export class SharedKey implements Authorizer {
  readonly kind = 'key'
  readonly account: string
  readonly #key: Buffer
  readonly #hmac: Hmac

  /** @throws FerryError CONFIG_INVALID */
  constructor(account: string, key: string) {
    if (!BASE64.test(key)) {
      throw new FerryError('CONFIG_INVALID', `the key of the account \`${account}\` is no base64`, {
        hint: 'check AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_ACCESS_KEY or AZURE_STORAGE_KEY',
      })
    }
    this.account = account
    this.#key = Buffer.from(key, 'base64')
    this.#hmac = new Hmac(this.#key)
  }

  /** In base64, as the SDK takes it to sign URLs. */
  get key(): string {
    return this.#key.toString('base64')
  }

  authorize(request: Signable): Authorization {
    const signature = this.#hmac.digest(textToSign(this.account, request))
    return { headers: { authorization: `SharedKey ${this.account}:${signature}` }, query: '' }
  }
}

/** In this order, each on a line; `x-ms-date` is there instead of `date`. */
const SIGNED = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
]

function textToSign(account: string, { method, path, query, headers }: Signable): string {
  let text = `${method}\n`
  for (const name of SIGNED) {
    const value = headers[name] ?? ''
    text += name === 'content-length' && value === '0' ? '\n' : `${value}\n`
  }
  const own = Object.keys(headers).filter(name => name.startsWith('x-ms-'))
  if (own.length > 1) own.sort(byCulture)
  for (const name of own) text += `${name}:${headers[name]}\n`
  text += `/${account}${path}`
  for (const name of Object.keys(query).sort()) text += `\n${name}:${query[name]}`
  return text
}

/** The service sorts names as .NET does: hyphens do not count, and `_` comes before digits. */
function byCulture(a: string, b: string): number {
  const x = a.replaceAll('-', '').replaceAll('_', '!')
  const y = b.replaceAll('-', '').replaceAll('_', '!')
  return x < y ? -1 : x > y ? 1 : 0
}
