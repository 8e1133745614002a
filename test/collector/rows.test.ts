import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventRows } from '../../src/collector/event-rows.ts'
import { JsonDecoder } from '../../src/collector/json-decoder.ts'
import { ProtobufDecoder } from '../../src/collector/protobuf-decoder.ts'
import type { PrivacyPolicy } from '../../src/collector/privacy.ts'
import { Refusal } from '../../src/collector/refusal.ts'
import { RowWriter } from '../../src/collector/row-writer.ts'
import { SequenceCounter } from '../../src/collector/sequence-counter.ts'
import { DEVICE, sessionOf } from '../support/collector.ts'
import { encodeCollection } from '../support/collector-proto.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 2_000 : 200_000
const protobuf = new ProtobufDecoder()
const json = new JsonDecoder()

/** A place for rows, as a worker has it. */
function emptyRows(ip: PrivacyPolicy['ip']): EventRows {
  const rows = new EventRows(SequenceCounter.start(1_800_000_000_000, 0), {
    ip,
    parameters: new Map(),
    hashKey: '',
  })
  rows.rows = new RowWriter(4_096, 4_000_000)
  rows.receivedAt = '2026-03-01 23:59:59.123'
  rows.clientAddress = Buffer.from('192.0.2.0')
  return rows
}

/** What the decoder makes of a body, or its refusal. */
function byDecoder(body: Buffer, type: 'protobuf' | 'json', ip: PrivacyPolicy['ip']): object {
  const rows = emptyRows(ip)
  try {
    if (type === 'json') json.decode(body, rows)
    else protobuf.decode(body, rows)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { refused: error.message }
  }
  return contentOf(rows)
}

function contentOf(rows: EventRows): object {
  const text = rows.rows.bytes.toString('latin1', 0, rows.rows.length)
  return { text, added: rows.added, last: rows.lastSequence, first: rows.firstSequence }
}

const text = fc.oneof(
  { weight: 30, arbitrary: fc.stringMatching(/^[\w .:/-]{0,40}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"', 'a"b\\c', '\u0001', 'line\nfeed\r', '\0', 'é', '€', '😀'),
  },
)
const maybe = (one: fc.Arbitrary<unknown>) => fc.option(one, { nil: undefined, freq: 4 })
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  text,
  fc.constantFrom('1.2.3', '256.1.1.1', '1.2.3.4.5', '1..2.3', '10.1.2.'),
)
const seconds = fc.oneof(
  fc.nat(),
  fc.nat({ max: 253_402_300_799 }),
  fc.constantFrom(0, 951_782_399, 951_782_400, 4_107_542_399, 253_402_300_799, 253_402_300_800),
)
const payload = fc.record({
  at: seconds,
  event: text,
  nr: fc.oneof(fc.nat(), fc.constantFrom(0, 99_999_999, 100_000_000, 4_294_967_295)),
  timezone: maybe(text),
  tenantId: maybe(text),
  userId: maybe(text),
  ip: maybe(address),
  country: maybe(text),
  parameters: fc.array(fc.record({ name: text, value: text }), { maxLength: 5 }),
})
const device = fc.record({
  deviceId: text,
  clientId: text,
  systemVersion: text,
  productVersion: text,
  env: fc.integer({ min: 0, max: 11 }),
})
const collection = fc
  .record({
    device: fc.oneof(device, fc.constant({ ...DEVICE, env: 8 })),
    deviceMake: maybe(text),
    deviceModel: maybe(text),
    systemLanguage: maybe(text),
    productLanguage: maybe(text),
    payloads: fc.array(payload, { maxLength: 6 }),
  })
  .map(({ device: one, ...others }) => ({
    ...one,
    session: sessionOf({ ...one, env: '' }, one.env),
    ...others,
  }))

/** As clients write it: names and numbers in either way, with blanks or without. */
function asJson(content: object, style: number): Buffer {
  const snake = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, one]) => [
            name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
            name === 'at' || name === 'nr' ? String(one) : one,
          ]),
        )
      : value
  const text = JSON.stringify(content, style % 2 === 0 ? undefined : snake, style % 3 === 0 ? 1 : 0)
  return Buffer.from(style % 5 === 0 ? text.replace('"env":8', '"env":"STAGING"') : text)
}

test.each(['protobuf', 'json'] as const)(
  `${RUNS} bodies, %s: the rows of the machine are those of the decoder`,
  type => {
    let read = 0
    fc.assert(
      fc.property(
        collection,
        fc.constantFrom('keep', 'mask', 'drop'),
        fc.nat(),
        fc.integer({ min: 0, max: 9 }),
        (content, ip, at, harm) => {
          const bytes =
            type === 'json' ? asJson(content, at) : Buffer.from(encodeCollection(content))
          // One in ten has a byte that was changed, one is cut off.
          if (harm === 0) bytes[at % bytes.length] = at & 255
          const body = harm === 1 ? bytes.subarray(0, at % bytes.length) : bytes
          const rows = emptyRows(ip)
          if (!rows.addCollection(body, type)) {
            expect(rows.rows.length, 'rows of a body that is left to the decoder').toBe(0)
            return
          }
          read++
          expect(contentOf(rows)).toEqual(byDecoder(body, type, ip))
        },
      ),
      { numRuns: RUNS },
    )
    // In JSON each escape leaves a body to the decoder.
    expect(read).toBeGreaterThan(RUNS / (type === 'json' ? 10 : 3))
  },
)
