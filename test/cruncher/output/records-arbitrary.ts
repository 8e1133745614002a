import fc from 'fast-check'
import type { TextField } from '../../../src/cruncher/record.ts'
import { escaped, json, plain, type RawText, type RecordContent } from './record-builder.ts'

/** Characters at which writers fail: separators, quotes, controls, escapes, of every width of UTF-8. */
const SPECIAL = '"\'\\,;\t\n\r\u0000\u0001\u001f\u007f /{}[]:é€\ufffd\u2028'
const nasty = fc.constantFrom(...SPECIAL.split(''), '😀', '\\n', '\\u0041', '\\x')
const character = fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
const text = fc
  .array(character, { minLength: 1, maxLength: 40 })
  .map(all => all.join('').toWellFormed())

/** The inside of a JSON string, with all spellings of a character, and halves of surrogate pairs. */
const escapedText = fc
  .array(
    fc.oneof(
      text.map(value => JSON.stringify(value).slice(1, -1)),
      fc.constantFrom(
        '\\/',
        '\\u0000',
        '\\u00e9',
        '\\uD83D\\uDE00',
        '\\ud800',
        '\\udc00x',
        '\\b\\f',
      ),
      fc.constantFrom('\\\\', '\\"', '\\u005c', '\\u0022', 'abcdefgh'),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map(all => all.join(''))

const jsonValue = fc.oneof(
  fc.jsonValue().map(value => JSON.stringify(value)),
  fc.jsonValue().map(value => JSON.stringify(value, undefined, 2)),
  fc.constantFrom(
    '"\\ud800"',
    '{"a":"\\udfff\\\\"}',
    'null',
    '-0.0',
    '1e400',
    '123456789012345678901',
  ),
)

const field: fc.Arbitrary<RawText> = fc.oneof(text.map(plain), escapedText.map(escaped))
const name: fc.Arbitrary<RawText> = fc.oneof(
  fc.constantFrom('a', 'b', 'user', 'constructor', 'toString').map(plain),
  fc.constantFrom('a', '\\u0061', 'us\\u0065r').map(escaped),
  field,
)
const value: fc.Arbitrary<RawText> = fc.oneof(field, fc.constant(plain('')), jsonValue.map(json))

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
const FIRST_MS = Date.UTC(1970, 0, 1) - 86_400_000_000
const LAST_MS = Date.UTC(2100, 0, 1)

const texts = {
  service: optional(field),
  host: optional(field),
  logger: optional(field),
  method: optional(field),
  path: optional(field),
  http_host: optional(field),
  client_ip: optional(field),
  user_id: optional(field),
  session: optional(field),
  request_id: optional(field),
  user_agent: optional(field),
  event: optional(field),
  message: optional(field),
} satisfies Record<TextField, unknown>

/** Any record that a format may fill. */
export const recordContent: fc.Arbitrary<RecordContent> = fc
  .record({
    ...texts,
    timeUs: optional(
      fc
        .tuple(fc.integer({ min: FIRST_MS, max: LAST_MS }), fc.nat(999))
        .map(([ms, us]) => ms * 1_000 + us),
    ),
    offsetMinutes: optional(fc.integer({ min: -1_439, max: 1_439 })),
    inferred: fc.nat(7),
    level: fc.nat(7),
    numbers: fc.record({
      status: optional(fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 })),
      duration_ms: optional(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }).filter(n => !Object.is(n, -0)),
          fc.nat(10_000_000).map(n => n / 1_000),
          fc.nat(10_000_000).map(n => n / 1_000_000),
        ),
      ),
      bytes: optional(fc.maxSafeInteger()),
    }),
    route: optional(fc.nat(2)),
    format: fc.constantFrom('', 'json', 'syslog-rfc3164/nginx-error', 'odd "format"'),
    lineNumber: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 40 })),
    attributes: fc.array(fc.tuple(name, value), { maxLength: 40 }),
  })
  .map(content => {
    const given = Object.entries(content).filter(([, part]) => part !== undefined)
    // Only absent parts were left out.
    return Object.fromEntries(given) as RecordContent
  })
