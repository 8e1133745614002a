import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventRows } from '../../src/collector/event-rows.ts'
import { JsonDecoder } from '../../src/collector/json-decoder.ts'
import { JsonFastPath } from '../../src/collector/json-fast-path.ts'
import { Refusal } from '../../src/collector/refusal.ts'
import { RowWriter } from '../../src/collector/row-writer.ts'
import { SequenceCounter } from '../../src/collector/sequence-counter.ts'
import { DEVICE, sessionOf } from '../support/collector.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 2_000 : 200_000

/** The rows that a decoder makes of a body, or its refusal; undefined where it leaves the body alone. */
function decode(
  read: (body: Buffer, rows: EventRows) => boolean,
  body: Buffer,
  perEvent: boolean,
): object | undefined {
  const counter = SequenceCounter.start(0, 0)
  const rows = new EventRows(counter, { ip: 'keep', parameters: new Map(), hashKey: '' })
  rows.rows = new RowWriter(4_096, 1_000_000)
  rows.receivedAt = '2026-03-01 23:59:59.123'
  if (perEvent) rows.outcomes = []
  try {
    if (!read(body, rows)) {
      expect(rows.rows.length, 'rows of a body that is left alone').toBe(0)
      return undefined
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { kind: error.kind, message: error.message }
  }
  const text = rows.rows.bytes.toString('latin1', 0, rows.rows.length)
  return { text, outcomes: rows.outcomes, added: rows.added }
}

const plain = new JsonFastPath()
const decoder = new JsonDecoder()
const byPlain = (body: Buffer, rows: EventRows): boolean => plain.decode(body, rows)
const byMachine = (body: Buffer, rows: EventRows): boolean => rows.addCollection(body, 'json')
const byGeneral = (body: Buffer, rows: EventRows): boolean => {
  decoder.decode(body, rows)
  return true
}

/** Texts as they stand in JSON: most plain, some with what JSON escapes or only some writers do. */
const text = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.stringMatching(/^[\w .:/-]{0,12}$/).map(value => JSON.stringify(value)),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme' }).map(value => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom('"a\\/b"', '"\\u00e9"', '"\\ud800"', '"a\u0001b"') },
)
const number = fc.oneof(
  { weight: 8, arbitrary: fc.nat().map(String) },
  { weight: 2, arbitrary: fc.nat().map(value => `"${value}"`) },
  { weight: 1, arbitrary: fc.constantFrom('1.5', '-1', '1e3', '007', '"007"', '9007199254740993') },
)
const other = fc.constantFrom('null', 'true', 'false', '1', '0.5', '{}', '[1]', 'nul', '""', '')
const blank = fc.constantFrom('', '', '', ' ', '\n\t', '\r\n', '\f')

const mostly = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: other })

/** An object of the members given, each mostly there, in any order, now and then with others. */
function object(members: readonly (readonly [string, fc.Arbitrary<string>])[]) {
  const member = fc
    .constantFrom(...members)
    .chain(([name, value]) => mostly(value).map(written => `"${name}":${written}`))
  const all = fc.tuple(
    ...members.map(([name, value]) =>
      mostly(value).chain(written =>
        fc.oneof(
          { weight: 30, arbitrary: fc.constant(`"${name}":${written}`) },
          { weight: 1, arbitrary: fc.constant('') },
        ),
      ),
    ),
  )
  const more = fc.oneof(
    { weight: 12, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.array(member, { maxLength: 1 }) },
    { weight: 1, arbitrary: other.map(value => [`"unknown":${value}`]) },
  )
  return fc.tuple(all, more, blank).chain(([given, others, gap]) =>
    fc
      .shuffledSubarray([...given.filter(one => one !== ''), ...others], {
        minLength: given.filter(one => one !== '').length,
      })
      .map(parts => `{${gap}${parts.join(`${gap},`)}${gap}}`),
  )
}

const list = (item: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(item, { maxLength }).map(items => `[${items.join(',')}]`)

const parameter = object([
  ['name', text],
  ['value', text],
])
const payload = object([
  ['at', number],
  ['event', text],
  ['nr', number],
  ['timezone', text],
  ['user_id', text],
  ['tenantId', text],
  ['ip', text],
  ['parameters', list(parameter, 3)],
])
const constant = (value: unknown) => fc.constant(JSON.stringify(value))
const collection = object([
  ['device_id', constant(DEVICE.deviceId)],
  ['clientId', constant(DEVICE.clientId)],
  ['session', constant(sessionOf(DEVICE))],
  ['systemVersion', constant(DEVICE.systemVersion)],
  ['product_version', constant(DEVICE.productVersion)],
  ['env', fc.constantFrom(JSON.stringify(DEVICE.env), '8', '"8"')],
  ['deviceMake', text],
  ['browser', text],
  ['payloads', list(payload, 4)],
])

test(`${RUNS} bodies: what the fast path and the machine read, they read as the general decoder does`, () => {
  let read = 0
  let made = 0
  fc.assert(
    fc.property(
      collection,
      fc.nat(),
      fc.boolean(),
      fc.integer({ min: 0, max: 20 }),
      (body, at, perEvent, cut) => {
        const bytes = Buffer.from(body)
        // One in twenty has a byte that was changed, one is cut off.
        if (cut === 0) bytes[at % bytes.length] = at & 255
        const given = cut === 1 ? bytes.subarray(0, at % bytes.length) : bytes
        const fast = decode(byPlain, given, perEvent)
        const machine = decode(byMachine, given, perEvent)
        if (fast === undefined && machine === undefined) return
        const general = decode(byGeneral, given, perEvent)
        if (fast !== undefined) {
          read++
          expect(fast).toEqual(general)
        }
        if (machine !== undefined) {
          made++
          expect(machine).toEqual(general)
        }
      },
    ),
    { numRuns: RUNS },
  )
  expect(read).toBeGreaterThan(RUNS / 20)
  expect(made).toBeGreaterThan(0) // few of these are whole: rows.test.ts has more
})

test('what clients send is read on the fast path', () => {
  const body = JSON.stringify({
    ...DEVICE,
    session: sessionOf(DEVICE),
    payloads: [
      {
        at: '1700000000',
        event: 'Öl',
        nr: 1,
        userId: null,
        parameters: [{ name: 'a', value: 'b' }],
      },
      { at: 1_700_000_001, event: 'b', nr: 2, tenant_id: 't', unknown: true },
    ],
  })
  for (const written of [body, JSON.stringify(JSON.parse(body), undefined, 2)]) {
    const fast = decode(byPlain, Buffer.from(written), false)
    expect(fast).toMatchObject({ added: 2 })
    expect(fast).toEqual(decode(byGeneral, Buffer.from(written), false))
    expect(decode(byMachine, Buffer.from(written), false)).toEqual(fast)
  }
})
