import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestHead } from '../../src/collector/http/request-head.ts'
import { checkSignature, type SignaturePolicy } from '../../src/collector/signature.ts'

const NOW_S = 1_772_323_200
const TIME = String(NOW_S)
const BODY = Buffer.from('a collection of events')
const POLICY: SignaturePolicy = {
  mode: 'required',
  secret: 'a secret',
  keys: new Map([['phones', 'a key']]),
  windowS: 300,
}

const NONE: RequestHead['headers'] = {
  authorization: undefined,
  connection: undefined,
  'content-encoding': undefined,
  'content-length': undefined,
  'content-type': undefined,
  expect: undefined,
  'ferry-signature': undefined,
  host: undefined,
  origin: undefined,
  'access-control-request-headers': undefined,
  prefer: undefined,
  'transfer-encoding': undefined,
  'x-forwarded-for': undefined,
  'x-hamustro-signature': undefined,
  'x-hamustro-time': undefined,
  'x-maintenance-key': undefined,
  'x-write-key': undefined,
}

const isTaken = (given: Partial<RequestHead['headers']>): boolean => {
  const headers = { ...NONE, ...given }
  const head = { method: 'POST', path: '/api/v1/track', headers, keepAlive: true, length: 22 }
  try {
    return checkSignature(head, BODY, POLICY, NOW_S) !== undefined
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringMatching(/signature/i) })
    return false
  }
}

const hamustro = (signature: string) =>
  isTaken({ 'x-hamustro-time': TIME, 'x-hamustro-signature': signature })
const ferry = (hmac: string) =>
  isTaken({ 'ferry-signature': `keyid=phones,time=${TIME},hmac=${hmac}` })

const md5 = createHash('md5').update(BODY).digest('hex')
const RIGHT = createHash('sha256').update(`${TIME}|${md5}|a secret`).digest()
const RIGHT_HMAC = createHmac('sha256', 'a key').update(`${TIME}.`).update(BODY).digest('hex')

test('the right ones are taken, one after the other and after wrong ones', () => {
  for (let turn = 0; turn < 3; turn++) {
    expect(hamustro(RIGHT.toString('base64'))).toBe(true)
    expect(ferry(RIGHT_HMAC)).toBe(true)
    expect(ferry(`${RIGHT_HMAC.slice(0, -1)}${RIGHT_HMAC.endsWith('0') ? '1' : '0'}`)).toBe(false)
    expect(hamustro('')).toBe(false)
  }
})

test('one that differs in any bit is refused, of either kind', () => {
  for (let bit = 0; bit < RIGHT.length * 8; bit++) {
    const flip = (digest: Buffer): Buffer => {
      const other = Buffer.from(digest)
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return other
    }
    expect(hamustro(flip(RIGHT).toString('base64'))).toBe(false)
    expect(ferry(flip(Buffer.from(RIGHT_HMAC, 'hex')).toString('hex'))).toBe(false)
  }
})

test.each([
  ['more behind it', Buffer.concat([RIGHT, Buffer.from([0])]).toString('base64')],
  ['much more behind it', Buffer.concat([RIGHT, RIGHT]).toString('base64')],
  ['its beginning', RIGHT.subarray(0, 31).toString('base64')],
])('%s is no signature', (_, signature) => {
  expect(hamustro(RIGHT.toString('base64'))).toBe(true) // what was given before is of no use
  expect(hamustro(signature)).toBe(false)
})

test('base64 is read as Node reads it, whatever a client sends', () => {
  const right = RIGHT.toString('base64')
  const ways = fc.constantFrom(right, RIGHT.toString('base64url'), right.replace('=', ''))
  const characters = fc.constantFrom(...'AZaz09+/-_= \n~é'.split(''))
  const other = fc.array(characters, { minLength: 40, maxLength: 46 }).map(one => one.join(''))
  fc.assert(
    fc.property(fc.oneof(ways, other, fc.string()), text => {
      expect(hamustro(text)).toBe(Buffer.from(text, 'base64').equals(RIGHT))
    }),
    { numRuns: 1_000 },
  )
})
