import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseConfig } from '../../../src/core/config-file.ts'
import { compileRedaction } from '../../../src/cruncher/redact/compile-redaction.ts'
import { redactionConfig } from '../../../src/cruncher/redact/config.ts'
import { ESCAPED, JSON_VALUE, LogRecord, MESSAGE } from '../../../src/cruncher/record.ts'

const redaction = compileRedaction(
  parseConfig(
    { file: 'f', text: '{ email: mask, ip: mask, token: mask, card: mask }' },
    redactionConfig,
  ),
)

const SECRETS = [
  'joe@example.com',
  'joe%40example.com',
  '203.0.113.77',
  '2001:db8::17',
  'AKIAIOSFODNN7EXAMPLE',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP',
  '4111111111111111',
  '4111 1111 1111 1111',
]

/** Texts in which secrets stand between what may be around them in JSON. */
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...SECRETS.map(secret => ` ${secret} `)) },
      { weight: 1, arbitrary: fc.constantFrom(...SECRETS.map(secret => `\n${secret}\n`)) },
      { weight: 1, arbitrary: fc.constantFrom(...SECRETS.map(secret => `"${secret}"`)) },
      { weight: 2, arbitrary: fc.string({ maxLength: 6 }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(' ', '\\', '"', '\n', '\u0001', 'é', '🦫', '/', '{', '}:'),
      },
    ),
    { maxLength: 6 },
  )
  .map(parts => parts.join(''))

const value = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(4_111_111_111_111_111, 12, -0.5, 1e300, true, false, null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(text, tie('any'), { maxKeys: 4 }),
  ),
})).any

/** JSON as different writers write it: blanks, escapes of what is not ASCII, of slashes, of anything. */
function write(content: unknown, style: number): string {
  const space = style === 1 ? ' ' : ''
  if (typeof content === 'string')
    return `"${Array.from(content, char => writeChar(char, style)).join('')}"`
  if (Array.isArray(content)) return `[${content.map(one => write(one, style)).join(`,${space}`)}]`
  if (typeof content !== 'object' || content === null) return JSON.stringify(content)
  const members = Object.entries(content).map(
    ([key, inner]) => `${write(key, style)}${space}:${space}${write(inner, style)}`,
  )
  return `{${members.join(`,${space}`)}}`
}

function writeChar(char: string, style: number): string {
  const isEncoded = (style === 2 && /[^ -~]|@/.test(char)) || (style === 3 && /[.4@A:]/.test(char))
  if (isEncoded) {
    return char.replace(/[^]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  }
  if (char === '/' && style === 3) return '\\/'
  return JSON.stringify(char).slice(1, -1)
}

function secretsIn(found: string): string[] {
  return SECRETS.filter(secret => found.includes(secret))
}

function strings(found: unknown): string[] {
  if (typeof found === 'string') return [found]
  if (typeof found === 'number') return [String(found)]
  if (typeof found !== 'object' || found === null) return []
  return Object.entries(found).flatMap(([key, inner]) => [key, ...strings(inner)])
}

/** Once found: a text with `\\u` in it, that JSON writes with two backslashes, before a number. */
const BEHIND_BACKSLASHES = [[{ '': { '\\u 4111 1111 1111 1111 ': '' } }]]

const runs = { numRuns: 3_000 }

test('JSON stays JSON, of the same shape, and keeps no secret', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.array(value), fc.dictionary(text, value)),
      fc.nat(3),
      (content, style) => {
        const json = Buffer.from(write(content, style))
        const record = new LogRecord()
        record.reset(json)
        record.addSlice('value', 0, json.length, JSON_VALUE)
        redaction?.(record)
        const after: unknown = JSON.parse(record.attributeText(0))
        expect(strings(after).flatMap(secretsIn)).toEqual([])
        expect(shape(after)).toBe(shape(JSON.parse(json.toString())))
        const isClean = strings(content).every(found => found.length < 8)
        if (isClean) expect(record.attributeText(0)).toBe(json.toString())
      },
    ),
    { ...runs, examples: [[BEHIND_BACKSLASHES, 0]] },
  )
})

/** Lists and how many members objects have at most: names that are redacted may be one. */
function shape(found: unknown): string {
  if (Array.isArray(found)) return `[${found.map(shape).join()}]`
  return typeof found === 'object' && found !== null ? '{}' : '.'
}

test('escaped texts stay what they were, but for the secrets', () => {
  fc.assert(
    fc.property(text, fc.nat(3), (content, style) => {
      const line = Buffer.from(write(content, style).slice(1, -1))
      const record = new LogRecord()
      record.reset(line)
      record.setSlice(MESSAGE, 0, line.length, ESCAPED)
      redaction?.(record)
      const after = record.text(MESSAGE) ?? ''
      expect(secretsIn(after)).toEqual([])
      const isClean = !/[@%]|\d[.:]\d|[:]{2}|AKIA|eyJ|\d{4}/.test(content)
      if (isClean) expect(after).toBe(content)
    }),
    runs,
  )
})
