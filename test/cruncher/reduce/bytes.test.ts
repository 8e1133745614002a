import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSortable, writeSortable } from '../../../src/cruncher/reduce/key-encoding.ts'
import { KeyTable } from '../../../src/cruncher/reduce/key-table.ts'
import { numberOf } from '../../../src/cruncher/number.ts'
import { orderGroups } from '../../../src/cruncher/reduce/memory-entries.ts'
import { MemoryMeter } from '../../../src/cruncher/reduce/memory-meter.ts'
import { unescapeJson } from '../../../src/cruncher/reduce/unescape-json.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 1_000 : 100_000

test('what stands in a JSON string means what JSON.parse says', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 3 }).map(text => JSON.stringify(text).slice(1, -1)),
    fc.constantFrom(
      '\\/',
      '\\b\\f\\t',
      '\\u00E9',
      '\\ud83d\\ude80',
      '\\ud83d',
      '\\udE80x',
      '\\u0000',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const source = Buffer.from(pieces.join(''))
      const target = Buffer.alloc(source.length + 8)
      const length = unescapeJson(source, 0, source.length, target)
      const expected: unknown = JSON.parse(`"${source.toString()}"`)
      expect(target.subarray(0, length)).toEqual(Buffer.from(String(expected)))
    }),
    { numRuns: RUNS },
  )
})

test('a number that is added up is the number that JavaScript reads, or none', () => {
  const text = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map(n => String(n / 1_000)),
    fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(String),
    fc.stringMatching(/^[-+]?\d{0,18}\.?\d{0,18}$/),
  )
  fc.assert(
    fc.property(text, text => {
      const bytes = Buffer.from(`x${text}x`)
      const expected = /\d/.test(text) ? Number(text) : Number.NaN
      expect(numberOf(bytes, 1, bytes.length - 1)).toBe(expected)
    }),
    { numRuns: RUNS },
  )
  for (const text of [
    '',
    ' 1',
    '1 ',
    '0x10',
    '12ms',
    'Infinity',
    'NaN',
    '1e',
    '--1',
    '1.2.3',
    'null',
  ]) {
    expect(numberOf(Buffer.from(text), 0, text.length), text).toBeNaN()
  }
})

test('the bytes of numbers are in the order of the numbers', () => {
  const number = fc.double({ noNaN: true })
  fc.assert(
    fc.property(number, number, (a, b) => {
      const bytes = Buffer.alloc(16)
      writeSortable(a, bytes, 0)
      writeSortable(b, bytes, 8)
      expect(readSortable(bytes, 0)).toBe(a + 0)
      const order = Buffer.compare(bytes.subarray(0, 8), bytes.subarray(8))
      expect(order).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
    { numRuns: RUNS },
  )
})

test('a table finds every key again, and gives its keys in the order of their bytes', () => {
  // Few letters and long beginnings in common: what sorting by four bytes at a time has to get right.
  const ending = fc.stringMatching(/^[ab]{0,9}$/)
  const key = fc
    .tuple(fc.constantFrom('', 'aaaa', 'a-long-beginning-', '\u00ff\u00ff'), ending)
    .map(([beginning, end]) => Buffer.from(`${beginning}${end}\0`, 'latin1'))
  fc.assert(
    fc.property(fc.array(key, { maxLength: 600, size: 'max' }), keys => {
      const table = new KeyTable(new Float64Array(1), new MemoryMeter())
      for (const key of keys) {
        const entry = table.find(key, key.length)
        table.values[entry] = (table.values[entry] ?? 0) + 1
      }
      const found = Array.from(orderGroups(table).groups, entry => {
        const bytes = table.arena.subarray(table.starts[entry], table.starts[entry + 1])
        return [Buffer.from(bytes).toString('latin1'), table.values[entry]]
      })
      const counts = new Map<string, number>()
      for (const key of keys) {
        const text = key.toString('latin1')
        counts.set(text, (counts.get(text) ?? 0) + 1)
      }
      expect(found).toEqual([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    }),
    { numRuns: RUNS / 5 },
  )
})
