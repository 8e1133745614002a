import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { RequestHead } from './http/request-head.ts'
import { Refusal } from './refusal.ts'
import type { RequestIdentity } from './request-identities.ts'

/** `required`: either kind. `optional`: none, or a right one. `hmac`: the newer kind only. */
export type SignatureMode = 'required' | 'optional' | 'hmac'

export interface SignaturePolicy {
  readonly mode: SignatureMode
  /** Of Hamustro's signature; without it, none is right. */
  readonly secret: string | undefined
  /** Of `Ferry-Signature`, by key id; several while they are exchanged. */
  readonly keys: ReadonlyMap<string, string>
  /** How far the client's clock may be off, in seconds; undefined for any. */
  readonly windowS: number | undefined
}

/** How long requests are remembered where their time may be any. */
const WITHOUT_WINDOW_S = 3_600

/**
 * Checks the signature of a request. Returns what identifies it, or undefined for an unsigned one
 * that may be. Comparisons take the same time whatever differs.
 * @see docs/collect.md, Signatures
 * @throws Refusal signature
 */
export function checkSignature(
  head: RequestHead,
  body: Uint8Array,
  policy: SignaturePolicy,
  nowS: number,
): RequestIdentity | undefined {
  const { headers } = head
  if (headers['ferry-signature'] !== undefined) {
    return checkHmac(headers['ferry-signature'], body, policy, nowS)
  }
  const time = headers['x-hamustro-time']
  const signature = headers['x-hamustro-signature']
  if (time === undefined && signature === undefined) {
    if (policy.mode === 'optional') return undefined
    throw new Refusal('signature', 'the request is not signed')
  }
  if (policy.mode === 'hmac') {
    throw new Refusal('signature', 'only requests with Ferry-Signature are taken')
  }
  if (time === undefined) throw new Refusal('signature', 'X-Hamustro-Time is missing')
  if (signature === undefined) throw new Refusal('signature', 'X-Hamustro-Signature is missing')
  if (policy.secret === undefined) {
    throw new Refusal('signature', 'there is no secret here to check X-Hamustro-Signature with')
  }
  checkTime(time, policy, nowS)
  const signed = `${time}|${hash('md5', body, 'hex')}|${policy.secret}`
  const expected = hash('sha256', signed, 'binary')
  return compare(GIVEN.write(signature, 'base64'), expected, expiryOf(policy, nowS))
}

function checkHmac(
  header: string,
  body: Uint8Array,
  policy: SignaturePolicy,
  nowS: number,
): RequestIdentity {
  const parts = /^keyid=([\w.-]{1,64}),\s*time=(\d{1,12}),\s*hmac=([0-9a-f]{64})$/.exec(header)
  if (parts === null) {
    throw new Refusal('signature', 'Ferry-Signature is not keyid=ID,time=SECONDS,hmac=HEX')
  }
  const [, keyId = '', time = '', given = ''] = parts
  const key = policy.keys.get(keyId)
  if (key === undefined) throw new Refusal('signature', 'the key id of Ferry-Signature is unknown')
  checkTime(time, policy, nowS)
  const expected = createHmac('sha256', key).update(`${time}.`).update(body).digest('binary')
  return compare(GIVEN.write(given, 'hex'), expected, expiryOf(policy, nowS))
}

function checkTime(time: string, policy: SignaturePolicy, nowS: number): void {
  if (policy.windowS === undefined) return
  const seconds = /^\d{1,12}$/.test(time) ? Number(time) : Number.NaN
  if (Math.abs(nowS - seconds) <= policy.windowS) return
  throw new Refusal('signature', 'the time of the signature is too far from the time here')
}

/** A clock that is ahead by the whole window signs for as long again. */
function expiryOf({ windowS = WITHOUT_WINDOW_S }: SignaturePolicy, nowS: number): number {
  return Math.ceil(nowS + 2 * windowS)
}

/** Both signatures are digests of SHA-256. */
const DIGEST_BYTES = 32
/**
 * Used again for each request, as making Buffers costs more than comparing them. One byte more of what was given, so
 * that a longer one is not taken for its beginning.
 */
const GIVEN = Buffer.alloc(DIGEST_BYTES + 1)
const GIVEN_DIGEST = GIVEN.subarray(0, DIGEST_BYTES)
const EXPECTED = Buffer.alloc(DIGEST_BYTES)

/** `givenBytes` are in GIVEN. `expected` has a character a byte: node:crypto takes six times as long for a Buffer. */
function compare(givenBytes: number, expected: string, expiresS: number): RequestIdentity {
  EXPECTED.write(expected, 'latin1')
  if (givenBytes !== DIGEST_BYTES || !timingSafeEqual(GIVEN_DIGEST, EXPECTED)) {
    throw new Refusal('signature', 'the signature is wrong')
  }
  return { high: EXPECTED.readInt32LE(0), low: EXPECTED.readInt32LE(4), expiresS }
}
