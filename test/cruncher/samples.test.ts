import { describe, expect, test } from 'vitest'
import type { LogFormat } from '../../src/cruncher/format.ts'
import { Line } from '../../src/cruncher/line.ts'
import { LogRecord } from '../../src/cruncher/record.ts'
import { FORMATS } from '../../src/cruncher/registry.ts'
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
    const { fields, attributes } = described(record)
    const found: Record<string, unknown> = { ...fields }
    for (const [name, value] of Object.entries(attributes)) {
      if (name in expected && !(name in fields)) found[name] = value
    }
    expect(found).toEqual(expected)
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
