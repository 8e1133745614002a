import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Call, decodePath, header, Refusal } from './call.ts'

export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** May read only. */
  readonly readOnly: boolean
}

export interface Verifier {
  readonly identities: readonly Identity[]
  readonly region: string
  /** Which services there are; S3 alone by default. */
  readonly services?: readonly string[]
  /** How far the server's clock is ahead of this machine's. */
  readonly clockOffsetMs: number
}

const MAX_SKEW_MS = 900_000

interface Claim {
  readonly accessKeyId: string
  readonly date: string
  readonly scope: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** Of the date. */
  readonly time: string
  readonly payloadHash: string
  readonly expiresInS: number | undefined
}

/**
 * Who signed a request by Signature Version 4, in its headers or in its query ("Authenticating
 * Requests" in the API reference of Amazon S3). @throws Refusal when nobody did
 */
export function verifySignature(call: Call, verifier: Verifier): Identity {
  const claim = call.query.has('X-Amz-Signature') ? claimOfQuery(call) : claimOfHeaders(call)
  const identity = verifier.identities.find(one => one.accessKeyId === claim.accessKeyId)
  if (identity === undefined) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.'
    throw new Refusal(403, 'InvalidAccessKeyId', message, { AWSAccessKeyId: claim.accessKeyId })
  }
  checkScope(claim, verifier)
  checkTime(claim, Date.now() + verifier.clockOffsetMs)
  const expected = Buffer.from(signatureOf(call, claim, identity.secretAccessKey))
  const given = Buffer.from(claim.signature)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
    throw new Refusal(403, 'SignatureDoesNotMatch', message)
  }
  return identity
}

function claimOfHeaders(call: Call): Claim {
  const authorization = header(call, 'authorization')
  if (authorization === undefined) throw new Refusal(403, 'AccessDenied', 'Access Denied')
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
  const [, accessKeyId, date, rest, signed, signature] = form.exec(authorization) ?? []
  if (!accessKeyId || !date || !rest || !signed || !signature) {
    throw new Refusal(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed')
  }
  const payloadHash = header(call, 'x-amz-content-sha256')
  if (payloadHash === undefined) {
    throw new Refusal(400, 'InvalidRequest', 'Missing required header: x-amz-content-sha256')
  }
  return {
    accessKeyId,
    date,
    signature,
    payloadHash,
    scope: `${date}/${rest}`,
    signedHeaders: signed.split(';'),
    time: header(call, 'x-amz-date') ?? '',
    expiresInS: undefined,
  }
}

function claimOfQuery(call: Call): Claim {
  const of = (name: string): string => call.query.get(name) ?? ''
  const [, accessKeyId = '', date = '', rest = ''] =
    /^([^/]+)\/(\d{8})\/(.+)$/.exec(of('X-Amz-Credential')) ?? []
  const expiresInS = Number(of('X-Amz-Expires') || 'NaN')
  if (!(expiresInS >= 1 && expiresInS <= 604_800)) {
    throw new Refusal(400, 'AuthorizationQueryParametersError', 'X-Amz-Expires is out of range')
  }
  return {
    accessKeyId,
    date,
    expiresInS,
    scope: `${date}/${rest}`,
    signedHeaders: of('X-Amz-SignedHeaders').split(';'),
    signature: of('X-Amz-Signature'),
    time: of('X-Amz-Date'),
    payloadHash: header(call, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  }
}

function checkScope(claim: Claim, { region, services = ['s3'] }: Verifier): void {
  const [, given, service = ''] = claim.scope.split('/')
  const isKnown = services.includes(service)
  if (isKnown && claim.scope === `${claim.date}/${region}/${service}/aws4_request`) return
  const message = `The authorization header is malformed; the region '${given}' is wrong; expecting '${region}'`
  throw new Refusal(400, 'AuthorizationHeaderMalformed', message, { Region: region })
}

function checkTime(claim: Claim, now: number): void {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.time) ?? []
  const [year, month, day, hour, minute, second] = parts
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(signed)) throw new Refusal(403, 'AccessDenied', 'There is no valid date')
  if (claim.expiresInS !== undefined) {
    if (now > signed + claim.expiresInS * 1000) {
      throw new Refusal(403, 'AccessDenied', 'Request has expired')
    }
    return
  }
  if (Math.abs(now - signed) <= MAX_SKEW_MS) return
  const message = 'The difference between the request time and the current time is too large.'
  throw new Refusal(403, 'RequestTimeTooSkewed', message, {
    RequestTime: claim.time,
    ServerTime: new Date(now).toISOString().replace(/\.\d+/, ''),
    MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
  })
}

function signatureOf(call: Call, claim: Claim, secret: string): string {
  const canonical = [
    call.method,
    encodePath(decodePath(call.rawPath)),
    canonicalQuery(call.query),
    ...claim.signedHeaders.map(name => `${name}:${tidy(header(call, name) ?? '')}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n')
  const hash = createHash('sha256').update(canonical).digest('hex')
  const text = ['AWS4-HMAC-SHA256', claim.time, claim.scope, hash].join('\n')
  const key = claim.scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return hmac(key, text).toString('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(pair => pair.join('='))
    .join('&')
}

/** Of ASCII, as encoded text is. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function tidy(value: string): string {
  return value.trim().replaceAll(/ +/g, ' ')
}

function encodePath(path: string): string {
  return path.split('/').map(encode).join('/')
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
