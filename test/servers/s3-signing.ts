import { createHash, createHmac } from 'node:crypto'
import type { S3Credentials } from '../../servers/s3.ts'

export interface SignedRequest {
  readonly method?: string
  /** Encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly at?: Date
}

const LONGEST_MS = 60_000

/** Sends a request as S3's clients do; written apart from the server's own check of it. */
export async function fetchSigned(env: S3Credentials, request: SignedRequest): Promise<Response> {
  const { method = 'GET', path, query = {}, body = '', at = new Date() } = request
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const url = new URL(env.AWS_ENDPOINT_URL)
  const names = Object.keys(query).toSorted()
  const search = names.map(name => `${name}=${encodeURIComponent(query[name] ?? '')}`).join('&')
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    'x-amz-date': time,
  }
  const signed: Record<string, string> = { ...headers, host: url.host }
  const signedNames = Object.keys(signed).toSorted()
  const canonical = [method, path, search]
    .concat(signedNames.map(name => `${name}:${signed[name]}`))
    .concat(['', signedNames.join(';'), headers['x-amz-content-sha256'] ?? ''])
    .join('\n')
  const scope = [time.slice(0, 8), env.AWS_REGION, 's3', 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`)
  const credential = `Credential=${env.AWS_ACCESS_KEY_ID}/${scope.join('/')}`
  headers['authorization'] =
    `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedNames.join(';')}, ` +
    `Signature=${hmac(key, text).toString('hex')}`
  return fetch(`${env.AWS_ENDPOINT_URL}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers,
    signal: AbortSignal.timeout(LONGEST_MS),
    ...(body.length > 0 ? { body: typeof body === 'string' ? body : new Uint8Array(body) } : {}),
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
