import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvLine } from '../../src/formats/csv.ts'
import { doubleText } from '../../src/formats/float-text.ts'
import { plainNumber, readValue } from '../../src/pull/columns/read-value.ts'
import { readTime } from '../../src/pull/columns/time-text.ts'
import { KINDS, widest } from '../../src/pull/columns/value-kind.ts'
import { parseQuery } from '../../src/pull/json/json-query.ts'
import { parseJson } from '../../src/pull/json/parse-json.ts'
import { readPage } from '../../src/pull/json/read-page.ts'
import { DelimitedReader } from '../../src/pull/rows/delimited-reader.ts'
import { KeyLog } from '../../src/pull/rows/key-log.ts'
import { isBroken } from '../../src/pull/rows/row.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-pull-rows-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Bytes in pieces of the given sizes, again and again. */
function* inPieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function* later(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* pieces
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('a page of JSON', () => {
  test('however it is cut into pieces, gives the rows that JSON.parse finds', async () => {
    const names = fc.array(fc.constantFrom('data', 'items', 'a "b"', 'ü', '\\'), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          names,
          rows: fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
          before: fc.dictionary(fc.string(), fc.jsonValue()),
          indent: fc.constantFrom(0, 2, '\t'),
          sizes,
        }),
        async ({ names, rows, before, indent, sizes }) => {
          let document: unknown = rows
          for (const name of names.toReversed()) document = { ...before, [name]: document, z: [1] }
          const path = `$${names.map(name => `['${name.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}']`).join('')}`
          const query = parseQuery(path)
          const bytes = Buffer.from(JSON.stringify(document, null, indent))
          const found: unknown[] = []
          const texts: string[] = []
          const pages = readPage(later(inPieces(bytes, sizes)), query)
          for (;;) {
            const step = await pages.next()
            if (step.done === true) break
            for (const row of step.value) {
              if (isBroken(row)) throw new Error(row.reason)
              found.push(row.members)
              texts.push(row.text)
            }
          }
          const expected = JSON.parse(JSON.stringify(rows)) as unknown
          expect(found).toEqual(expected)
          expect(texts.filter(text => /[\r\n]/.test(text))).toEqual([])
          expect(texts.map(text => JSON.parse(text) as unknown)).toEqual(expected)
        },
      ),
    )
  })

  test('that is cut short is never taken for a whole one', async () => {
    const document = Buffer.from('{"meta":{"n":[1,2]},"items":[{"a":"]}"},{"a":[1]}],"next":"x"}')
    for (let length = 0; length < document.length; length++) {
      const pages = readPage(later([document.subarray(0, length)]), parseQuery('$.items'))
      const reading = (async () => {
        for (;;) if ((await pages.next()).done === true) return
      })()
      await expect(reading).rejects.toMatchObject({ code: 'TRANSIENT' })
    }
  })

  test('numbers keep all their digits', () => {
    const text = '[9007199254740993,0.1234567890123456789,1e400,-0.5,1E2,12345678901234567890123]'
    expect(JSON.stringify(parseJson(text))).toBe(text.replace('1E2', '100'))
  })
})

describe('CSV of others', () => {
  test('is read back as it was written, however it is cut', () => {
    const field = fc.option(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', 'ü', ' ') }))
    const record = fc.array(field, { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(record), sizes, fc.boolean(), (records, sizes, isWindows) => {
        const lines = records.map(one => csvLine(one, ','))
        const text = lines.map(line => (isWindows ? line.replace(/\n$/, '\r\n') : line)).join('')
        const reader = new DelimitedReader(',')
        const found: unknown[] = []
        const characters = Array.from(text)
        for (let at = 0, turn = 0; at < characters.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          found.push(...reader.push(characters.slice(at, at + size).join('')))
          at += size
        }
        expect(reader.finish()).toBe(undefined)
        expect(found).toEqual(records)
      }),
    )
  })

  test('inside of quotes the end is torn', () => {
    const reader = new DelimitedReader(',')
    reader.push('a,"b')
    expect(reader.finish()).toBe('torn')
  })
})

describe('values', () => {
  test('widening does not depend on the order, and never narrows', () => {
    const kind = fc.constantFrom(...KINDS)
    fc.assert(
      fc.property(kind, kind, kind, (a, b, c) => {
        expect(widest(a, b)).toBe(widest(b, a))
        expect(widest(a, a)).toBe(a)
        expect(widest(widest(a, b), a)).toBe(widest(a, b))
        expect(widest(widest(a, b), c)).toBe(widest(a, widest(b, c)))
      }),
    )
  })

  test('a double’s text reads back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        expect(Number(doubleText(value))).toBe(value)
        if (Math.abs(value) > 1e-300 && Math.abs(value) < 1e300) {
          expect(Number(plainNumber(String(value)))).toBe(value === 0 ? 0 : value)
        }
      }),
    )
    expect([1e15, 123_456, 1e-4, 1.5e-5, -0.25, 1e300].map(doubleText)).toEqual([
      '1e+15',
      '123456',
      '0.0001',
      '1.5e-05',
      '-0.25',
      '1e+300',
    ])
  })

  test.each([
    ['2026-03-01', 'date', '2026-03-01'],
    ['2026-03-01T10:00:00Z', 'timestamptz', '2026-03-01 10:00:00+00'],
    ['2026-03-01T00:30:00.250+01:00', 'timestamptz', '2026-02-28 23:30:00.25+00'],
    ['2026-03-01 10:00:00.123456', 'timestamp', '2026-03-01 10:00:00.123456'],
    ['2026-03-01T10:00:00-0530', 'timestamptz', '2026-03-01 15:30:00+00'],
    ['0001-01-01T00:00:00+01:00', undefined, undefined],
    ['2026-02-29', undefined, undefined],
    ['2026-03-01T24:00:00Z', undefined, undefined],
    ['2026-03-01T10:00:60Z', undefined, undefined],
    ['2026-03-01T10:00:00.1234567Z', undefined, undefined],
    ['2026-3-1', undefined, undefined],
  ])('%s is %s', (text, kind, expected) => {
    expect(readTime(text)).toEqual(kind === undefined ? undefined : { kind, text: expected })
  })

  test.each([
    ['007', 'text'],
    ['7', 'int53'],
    ['-9223372036854775808', 'int64'],
    ['9223372036854775808', 'decimal'],
    ['1.50', 'float'],
    ['0.1234567890123456789', 'decimal'],
    ['1e999999999', 'text'],
    ['+1', 'text'],
    ['true', 'boolean'],
    ['NaN', 'text'],
    ['', 'text'],
  ])('%s of a file of text is %s', (text, kind) => {
    expect(readValue(text, true)?.kind).toBe(kind)
  })
})

test('the last row of each key is found, also after rows were taken back', async () => {
  const key = fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(fc.array(key), fc.array(key), fc.array(key), async (kept, torn, more) => {
      await using log = await KeyLog.open(join(folder, 'keys'))
      for (const one of kept) await log.append(one)
      for (const one of torn) await log.append(one)
      await log.rewind(kept.length)
      for (const one of more) await log.append(one)
      const keys = [...kept, ...more]
      const superseded = await log.superseded()
      const expected = keys.map((one, at) => one !== undefined && keys.lastIndexOf(one) > at)
      expect(keys.map((_, at) => superseded.has(at))).toEqual(expected)
      expect(superseded.size).toBe(expected.filter(Boolean).length)
    }),
  )
  expect(await readdir(folder)).toEqual([])
})
