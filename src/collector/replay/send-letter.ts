import { createHmac, hash } from 'node:crypto'
import { FerryError } from '../../core/errors.ts'
import { bodyOfEvents } from '../body-of-events.ts'
import type { DeadLetter } from '../dead-letters.ts'
import { DOORS } from '../doors.ts'
import { decodeBody } from '../request-body.ts'

/** What letters are signed with: their own signatures are too old, and were not kept. */
export interface ReplayKeys {
  /** Of `Ferry-Signature`; preferred. */
  readonly key: { readonly id: string; readonly secret: string } | undefined
  /** Of `X-Hamustro-Signature`. */
  readonly secret: string | undefined
  /** Of Segment's API. */
  readonly writeKey: string | undefined
}

export type LetterAnswer =
  | { readonly kind: 'accepted' }
  /** `letter`: what of it was refused, and why. */
  | { readonly kind: 'refused'; readonly letter: DeadLetter }

const TIMEOUT_MS = 30_000
/** The collector, which has taken the body, has a lower limit. */
const MAX_INFLATED_BYTES = 1_073_741_824
const SEGMENT_DOOR = /^\/v1\//

/**
 * Sends a dead letter to a collector as a request of its own, signed now. `Prefer: replay` says that
 * its refusal need not be kept there. @throws FerryError DENIED (the keys are not the collector's),
 * SERVICE_UNAVAILABLE, TRANSIENT (no answer, or none about the letter)
 */
export async function sendLetter(
  letter: DeadLetter,
  { to, keys, signal }: { to: URL; keys: ReplayKeys; signal: AbortSignal },
): Promise<LetterAnswer> {
  const body = Buffer.from(letter.body, 'base64')
  const { status, text } = await post(new URL(letter.path, to), {
    method: 'POST',
    body,
    headers: { ...headersOf(letter), ...signatureOf(letter, body, keys) },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new FerryError('SERVICE_UNAVAILABLE', `no answer from \`${to.origin}\``, {
      cause: error,
      hint: 'is the collector running? --to URL names another one',
    })
  })
  if (status === 200 || status === 204) return outcomeOf(text, letter, body)
  if (status === 401 || status === 405) {
    throw new FerryError('DENIED', `\`${to.origin}\` does not take the keys: ${reasonOf(text)}`, {
      hint: "ferry.yaml here must have the collector's keys, secret and write_keys",
    })
  }
  if ([400, 413, 415].includes(status)) {
    return { kind: 'refused', letter: { ...letter, reason: reasonOf(text) } }
  }
  throw new FerryError('TRANSIENT', `\`${to.origin}\` answered with ${status}: ${reasonOf(text)}`, {
    hint: 'call it again later; what is left stays in the spool',
  })
}

async function post(url: URL, init: RequestInit): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, init)
  return { status: answer.status, text: await answer.text() }
}

function headersOf(letter: DeadLetter): Record<string, string> {
  const { content_type: type, content_encoding: encoding, client_address: address } = letter
  return {
    Prefer: 'replay',
    ...(type === '' ? {} : { 'Content-Type': type }),
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
    ...(address === undefined ? {} : { 'X-Forwarded-For': address }),
  }
}

function signatureOf(
  { path }: DeadLetter,
  body: Buffer,
  { key, secret, writeKey }: ReplayKeys,
): Record<string, string> {
  if (SEGMENT_DOOR.test(path)) {
    const credentials = Buffer.from(`${writeKey ?? ''}:`).toString('base64')
    return { Authorization: `Basic ${credentials}` }
  }
  const time = Math.floor(Date.now() / 1_000)
  if (key !== undefined) {
    const hmac = createHmac('sha256', key.secret).update(`${time}.`).update(body).digest('hex')
    return { 'Ferry-Signature': `keyid=${key.id},time=${time},hmac=${hmac}` }
  }
  if (secret === undefined) return {}
  const signed = `${time}|${hash('md5', body, 'hex')}|${secret}`
  return {
    'X-Hamustro-Time': String(time),
    'X-Hamustro-Signature': hash('sha256', signed, 'base64'),
  }
}

/** A collector with `per_event` says 200, and which of the events it did not take: they stay. */
function outcomeOf(text: string, letter: DeadLetter, body: Buffer): LetterAnswer {
  const { results } = parse(text)
  const reasons = Array.isArray(results) ? results.map(refusalOf) : []
  const reason = reasons.find(one => one !== undefined)
  if (reason === undefined) return { kind: 'accepted' }
  const { content_encoding: encoding, ...rest } = letter
  const door = DOORS.at(letter.path)
  if (door === undefined || !reasons.includes(undefined)) {
    return { kind: 'refused', letter: { ...letter, reason } }
  }
  const sniff = door.kind === 'tracking'
  const plain = decodeBody(body, encoding, { maxBytes: MAX_INFLATED_BYTES, sniff })
  const left = bodyOfEvents(door, letter.content_type, plain, at => reasons[at] !== undefined)
  return { kind: 'refused', letter: { ...rest, reason, body: left.toString('base64') } }
}

/** Why an event was refused, or undefined where it was not. */
function refusalOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  const { status, reason } = result as { readonly status?: unknown; readonly reason?: unknown } // any object
  if (status !== 'rejected') return undefined
  return typeof reason === 'string' ? reason : 'the event was refused'
}

function reasonOf(text: string): string {
  const { error } = parse(text)
  return typeof error === 'string' ? error : text.slice(0, 200)
}

function parse(text: string): { readonly error?: unknown; readonly results?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {} // an empty answer, or one that is no JSON
  }
}
