import { describe, expect, test } from 'vitest'
import { type LogFormat, SURE } from '../../src/cruncher/format.ts'
import { Line } from '../../src/cruncher/line.ts'
import { LogRecord } from '../../src/cruncher/record.ts'
import type { HeaderState } from '../../src/cruncher/headers/header-format.ts'
import { FORMATS, HEADER_FORMATS } from '../../src/cruncher/registry.ts'
import { described } from './described.ts'

const record = new LogRecord()
const line = new Line()

/** The line stands within others, as lines do: a place that is not its own is found out. */
function claims(format: LogFormat, text: string): boolean {
  const before = Buffer.from('before\n')
  const bytes = Buffer.concat([before, Buffer.from(text), Buffer.from('\nbehind')])
  line.set(bytes, before.length, bytes.length - '\nbehind'.length)
  record.reset(bytes)
  return format.claim(line, record)
}

/** All fields, and those attributes that are asked for. */
function expectFound(expected: Readonly<Record<string, unknown>>): void {
  const { fields, attributes } = described(record)
  const asked = Object.entries(attributes).filter(([name]) => name in expected)
  expect({ ...Object.fromEntries(asked), ...fields }).toEqual(expected)
}

function lineOf(text: string): Line {
  const bytes = Buffer.from(text)
  line.set(bytes, 0, bytes.length)
  record.reset(bytes)
  return line
}

const samples = FORMATS.flatMap((format, place) =>
  format.samples.map(sample => ({ name: format.name, format, place, ...sample })),
)

describe('every format', () => {
  test('has a name of its own in kebab-case, and samples', () => {
    const names = FORMATS.map(format => format.name)
    expect(new Set(names).size).toBe(names.length)
    for (const format of FORMATS) {
      expect(format.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(format.samples.length, format.name).toBeGreaterThan(0)
    }
  })

  test('stands behind those that are surer', () => {
    const sureness = FORMATS.map(format => format.sureness)
    expect(sureness).toEqual([...sureness].sort((one, other) => other - one))
  })

  test.each(samples)('$name reads $line', ({ format, line: text, expected }) => {
    expect(claims(format, text)).toBe(true)
    expectFound(expected)
  })

  test.each(samples)('$name is the first to claim $line', ({ format, place, line: text }) => {
    const others = FORMATS.slice(0, place).filter(other => claims(other, text))
    expect(others.map(other => other.name)).toEqual([])
    const first = text[0] ?? ''
    if (format.starts !== undefined) expect(first).toMatch(new RegExp(`[${format.starts}]`))
  })

  test.each(samples)(
    '$name claims no piece of $line of a few characters',
    ({ format, line: text }) => {
      for (let length = 0; length < 8; length++)
        expect(claims(format, text.slice(0, length))).toBe(false)
    },
  )
})

test.each(samples)(
  'no other sure format would claim $line, whatever was asked first',
  ({ format, line: text }) => {
    // Access logs may have anything at their end.
    const others = FORMATS.filter(({ name }) => name !== format.name && !name.startsWith('access-'))
    const claimed = others.filter(other => other.sureness === SURE && claims(other, text))
    expect(claimed.map(({ name }) => name)).toEqual([])
  },
)

/** What is put in a line in great numbers, so that an expression that can be read in many ways is found out. */
const REPEATED = [' ', 'a', '1', '[', '"', 'a=b ', ' (', ': ', 'x[y], ', '\\"', '-', '\n#']

describe('a line that is not quite one of the format', () => {
  test.each(samples)('$name soon says so: $line', ({ format, line: text }) => {
    for (const [index, piece] of REPEATED.entries()) {
      const at = Math.floor((text.length * ((index % 4) + 1)) / 4)
      const begins = performance.now()
      claims(format, text.slice(0, at) + piece.repeat(Math.floor(5_000 / piece.length)))
      expect(performance.now() - begins, piece).toBeLessThan(2_000)
    }
  })
})

const headerSamples = HEADER_FORMATS.flatMap((format, place) =>
  format.samples.map(sample => ({ name: format.name, format, place, ...sample })),
)

describe('every format with a header', () => {
  test.each(headerSamples)('$name reads $lines', ({ format, lines, expected }) => {
    let state: HeaderState | undefined
    for (const text of lines.slice(0, -1)) {
      state = format.header(lineOf(text), state)
      expect(state, text).toBeDefined()
    }
    const last = lines.at(-1) ?? ''
    expect(format.header(lineOf(last), state)).toBeUndefined()
    expect(state?.claim(lineOf(last), record)).toBe(true)
    expectFound(expected)
  })

  test.each(headerSamples)('of $lines no header is taken for another', ({ place, lines }) => {
    for (const text of lines.slice(0, -1)) {
      for (const other of HEADER_FORMATS.slice(0, place)) {
        expect(other.header(lineOf(text))).toBeUndefined()
      }
      expect(FORMATS.filter(format => claims(format, text)).map(({ name }) => name)).toEqual([])
    }
  })

  test.each(samples)('$line is none', ({ line: text }) => {
    for (const format of HEADER_FORMATS) expect(format.header(lineOf(text))).toBeUndefined()
  })

  test.each(headerSamples)(
    'a line that has not its columns is not claimed: $lines',
    ({ format, lines }) => {
      let state: HeaderState | undefined
      for (const text of lines.slice(0, -1)) state = format.header(lineOf(text), state)
      for (const text of ['', 'x', 'something else', `${lines.at(-1)}\tone more, another;more`]) {
        expect(state?.claim(lineOf(text), record), text).toBe(false)
      }
    },
  )
})
