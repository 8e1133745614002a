import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Account } from '../../../src/cruncher/account.ts'
import { crunchConfig } from '../../../src/cruncher/config.ts'
import { describeRecord } from '../../../src/cruncher/describe-record.ts'
import { FileCruncher } from '../../../src/cruncher/file-cruncher.ts'
import { WholeLines } from '../../../src/cruncher/input/whole-lines.ts'
import {
  ACCESS_FORMATS,
  JSON_FORMATS,
  PAIR_FORMATS,
} from '../../../src/cruncher/member-registry.ts'
import { prepare } from '../../../src/cruncher/prepare.ts'
import type { LineMemory } from '../../../src/cruncher/scan/scanner.ts'

const IS_SOAK = process.env['FERRY_SOAK'] === '1'

const prepareFor = (output: string | undefined): ReturnType<typeof prepare> =>
  prepare({
    hash: '',
    config: crunchConfig.parse({ reduce: { by_route: { by: ['route', 'status'] } } }),
    routes: [],
    formats: [],
    stateDirectory: '/nowhere',
    outputDirectory: output,
    outputUrl: undefined,
  })

/** All records that lines are made into, and the account of them; with a scanner's memory or without. */
function recordsOf(
  prepared: ReturnType<typeof prepare>,
  pieces: readonly Uint8Array[],
  hasMemory: boolean,
): readonly string[] {
  const detector = prepared.detector()
  using memory: LineMemory | undefined = hasMemory ? detector.scanner?.lease() : undefined
  expect(memory !== undefined).toBe(hasMemory)
  const found: string[] = []
  const account = new Account()
  const cruncher = new FileCruncher({
    detector,
    account,
    memory,
    reject: ({ line, reason }) => found.push(`${line} ${reason}`),
    steps: {
      inferTime: () => {},
      classify: undefined,
      refuse: undefined,
      redact: undefined,
      sinks: [
        record => {
          const { format, lineNumber, lines, byteOffset } = record
          found.push(
            JSON.stringify({ format, lineNumber, lines, byteOffset, ...describeRecord(record) }),
          )
        },
      ],
    },
  })
  const lines = new WholeLines(cruncher, 1_500)
  for (const piece of pieces) lines.push(Buffer.from(piece))
  lines.end()
  cruncher.end()
  found.push(JSON.stringify(account.toJSON()))
  return found
}

const SAMPLES = [...JSON_FORMATS, ...PAIR_FORMATS, ...ACCESS_FORMATS].flatMap(({ samples }) =>
  samples.map(({ line }) => Buffer.from(line)),
)

/** What means something to one of the scanners, and what is none of a line's business. */
const SIGNS = [
  '"\\{}[],: \t=-/.0eE+u'.split(''),
  '\r',
  '\0',
  '\u00e9',
  '\u2603',
  'null',
  '\\"',
  '\\u00e9',
].flat()
const bytes = fc.oneof(
  fc.constantFrom(...SIGNS).map(sign => Buffer.from(sign)),
  fc.uint8Array({ minLength: 1, maxLength: 3 }).map(some => Buffer.from(some)),
  fc.constant(Buffer.alloc(0)),
)

/** A sample in which some bytes are others, more, or missing. */
const damaged = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.record({ at: fc.nat({ max: 400 }), cut: fc.nat({ max: 2 }), put: bytes }), {
      maxLength: 2,
    }),
  )
  .map(([sample, changes]) =>
    changes.reduce((line, { at, cut, put }) => {
      const place = at % (line.length + 1)
      return Buffer.concat([line.subarray(0, place), put, line.subarray(place + cut)])
    }, sample),
  )

/** Any object, written with blanks where they may be. */
const object = fc
  .tuple(
    fc.dictionary(
      fc.oneof(fc.constantFrom('level', 'msg', 'time', 'http', 'status', 'url'), fc.string()),
      fc.jsonValue({ maxDepth: 8 }),
    ),
    fc.constantFrom('', ' ', '\t'),
  )
  .map(([all, blank]) => Buffer.from(JSON.stringify(all, undefined, 1).replaceAll(/\n\s*/g, blank)))

const line = fc.oneof(
  { weight: 6, arbitrary: damaged },
  { weight: 2, arbitrary: object },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map(some => Buffer.from(some)) },
  { weight: 1, arbitrary: fc.nat({ max: 2_000 }).map(length => Buffer.alloc(length, '{"a":')) },
)

/** Lines that come three times, so that shapes are learned, cut anywhere into pieces. */
const file = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 8 }),
    fc.constantFrom('\n', '\r\n', '\n\n'),
    fc.boolean(),
    fc.array(fc.nat({ max: 5_000 }), { maxLength: 6 }),
  )
  .map(([lines, end, isEnded, cuts]) => {
    const whole = Buffer.concat(
      [...lines, ...lines, ...lines].flatMap((one, at, all) =>
        at === all.length - 1 && !isEnded ? [one] : [one, Buffer.from(end)],
      ),
    )
    const places = [0, ...cuts.map(cut => cut % (whole.length + 1)).sort((a, b) => a - b)]
    return places.map((from, at) => whole.subarray(from, places[at + 1] ?? whole.length))
  })

test.each([
  ['that are written', 'out'],
  ['of which only some fields are counted', undefined],
])('records %s are the same whether vectors scan the lines or loops', (_, output) => {
  const prepared = prepareFor(output)
  fc.assert(
    fc.property(file, pieces => {
      expect(recordsOf(prepared, pieces, true)).toEqual(recordsOf(prepared, pieces, false))
    }),
    { numRuns: IS_SOAK ? 20_000 : 200 },
  )
})

test('every sample is found by vectors as by loops, again and again', () => {
  const prepared = prepareFor('out')
  const piece = Buffer.concat(SAMPLES.flatMap(sample => [sample, Buffer.from('\n')]))
  const expected = recordsOf(prepared, [piece, piece, piece, piece], false)
  expect(recordsOf(prepared, [piece, piece, piece, piece], true)).toEqual(expected)
})

test('what is nearly a value, or nearly the end of one, is found by vectors as by loops', () => {
  const values =
    '1e5 1E+5 1e-5 1e 1e+ 01 -1 - 1. 1.5 .5 -0 true tru nul null [] [1,] [1] {} {"b":1,} {"b":{}} "\\u12G4" "\\u1234" "\\x" "\\" ""'
  const objects = values
    .split(' ')
    .map(value => `{"level":30,"time":1709626530021,"msg":"m","a":${value}}`)
  const access = '1.2.3.4 - - [01/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 12'
  const ends = [
    '',
    ' ',
    ' "-" "a"',
    ' "-" "a"b',
    ' "-" "a" b',
    ' "-" "a',
    ' "-"',
    ' - "a"',
    'x',
    ' "\\"" "a"',
  ]
  const pairs = ['a=1', 'a=1,', 'a="1"', 'a="1",', 'a="1"b=2', 'a=', 'a', 'a="', '1a=2', 'a=1\tb=2']
  const lines = [
    ...objects,
    ...ends.map(end => access + end),
    ...pairs.map(pair => `level=info msg=m ${pair}`),
  ]
  const piece = Buffer.from(lines.map(one => `${one}\n`).join(''))
  const prepared = prepareFor('out')
  const expected = recordsOf(prepared, [piece, piece, piece], false)
  expect(recordsOf(prepared, [piece, piece, piece], true)).toEqual(expected)
})

test('a record whose lines are in many pieces keeps what its first line said', () => {
  const prepared = prepareFor('out')
  const first = Buffer.from(
    '{"level":50,"time":1709626530021,"pid":18,"hostname":"web-3","msg":"gone"}\n',
  )
  const frame = Buffer.from(`\tat com.example.${'x'.repeat(300)}(Main.java:1)\n`)
  const frames = Buffer.concat(Array.from({ length: 1_000 }, () => frame))
  const pieces = Array.from({ length: 40 }, (_, at) => (at % 13 === 0 ? first : frames))
  expect(recordsOf(prepared, pieces, true)).toEqual(recordsOf(prepared, pieces, false))
})
