import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deflater } from '../../src/collector/packing/deflater.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 1_000 : 100_000
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH }
/** One for all tests: what it packed before must not be seen again. */
const deflater = Deflater.create()
if (deflater === undefined) throw new Error('this machine cannot compile it')

const unpacked = (packed: Buffer): Buffer => inflateRawSync(packed, FLUSH)

/** Bytes from a few pieces that come again and again, as rows do, with others between. */
const repeating = fc
  .tuple(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 12 })), { maxLength: 200 }),
  )
  .map(([pieces, order]) =>
    Buffer.concat(order.flatMap(([at, other]) => [pieces[at % pieces.length] ?? other, other])),
  )

test(`${RUNS} pieces: zlib unpacks what was packed`, () => {
  fc.assert(
    fc.property(
      fc.oneof(
        repeating,
        fc.uint8Array({ maxLength: 3_000 }).map(bytes => Buffer.from(bytes)),
      ),
      bytes => {
        expect(unpacked(deflater.pack(bytes)).equals(bytes)).toBe(true)
      },
    ),
    { numRuns: RUNS },
  )
})

/** Byte `n` comes as often as the nth number of Fibonacci, which makes the longest codes there are. */
function fibonacci(): Buffer {
  const runs: Buffer[] = []
  let [one, other] = [1, 1]
  for (let byte = 0; byte < 24; byte++) {
    runs.push(Buffer.alloc(one, byte))
    ;[one, other] = [other, one + other]
  }
  const bytes = Buffer.concat(runs)
  // In an order in which little is repeated for long.
  return Buffer.from(Array.from(bytes, (_, at) => bytes[(at * 40_503) % bytes.length] ?? 0))
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('a')],
  ['one byte again and again', Buffer.alloc(deflater.maxBytes, 'a')],
  [
    'as much as there may be',
    Buffer.alloc(deflater.maxBytes, '2026-03-01 23:59:59\u0001task.opened\n'),
  ],
  [
    'chance',
    Buffer.from(Array.from({ length: 500_000 }, (_, at) => Math.imul(at, at ^ 0x9e37) >>> 24)),
  ],
  [
    'a repetition from as far as may be',
    Buffer.concat([
      Buffer.from('abcdefgh'),
      Buffer.alloc(32_760, 'x'),
      Buffer.from('abcdefgh'),
      Buffer.alloc(9),
    ]),
  ],
  [
    'a repetition from farther',
    Buffer.concat([
      Buffer.from('abcdefgh'),
      Buffer.alloc(32_761, 'x'),
      Buffer.from('abcdefgh'),
      Buffer.alloc(9),
    ]),
  ],
  ['codes of all lengths', fibonacci()],
])('%s', (_, bytes) => {
  expect(unpacked(deflater.pack(bytes)).equals(bytes)).toBe(true)
})

test('rows are packed about as small as by zlib', () => {
  const rows = Array.from(
    { length: 1_000 },
    (_, at) =>
      `8f14e45f-${at % 50}\u0001ios\u0001${at * 7}\u0001PRODUCTION\u0001task.${at % 6}\u000117.4.1\u0001Apple\u0001iPhone\u0001${at * at}\n`,
  ).join('')
  const bytes = Buffer.from(rows)
  const byZlib = deflateRawSync(bytes, { level: 1, ...FLUSH })
  expect(deflater.pack(bytes).length).toBeLessThan(1.15 * byZlib.length)
})
