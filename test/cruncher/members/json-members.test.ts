import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonMembers } from '../../../src/cruncher/members/json-members.ts'
import { ESCAPED_TEXT, TEXT } from '../../../src/cruncher/members/members.ts'
import { jsonLines, read } from './read.ts'

/** Names and values of a line's object in their order, equal names included; nothing: it is none. */
function membersOf(line: string): readonly (readonly [string, unknown])[] | undefined {
  const text = Buffer.from(line)
  const bytes = Buffer.concat([text, Buffer.from('"}]')])
  const members = new JsonMembers()
  if (members.scan(bytes, 0, text.length) !== text.length) return undefined
  return Array.from({ length: members.count }, (_, at) => {
    const name = bytes.toString('utf8', members.nameFrom[at], members.nameTo[at])
    const value = bytes.toString('utf8', members.valueFrom[at], members.valueTo[at])
    const isText = members.kind[at] === TEXT || members.kind[at] === ESCAPED_TEXT
    if (members.kind[at] === TEXT) expect(value).not.toContain('\\')
    return [JSON.parse(`"${name}"`), JSON.parse(isText ? `"${value}"` : value)] as const
  })
}

/** The same by JSON.parse, which keeps the last of equal names. */
function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const whole: unknown = JSON.parse(line)
    const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole)
    return isObject ? (whole as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const object = fc
  .dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 8,
  })
  .filter(all => !Object.keys(all).includes('__proto__'))

/** An object written with blanks at any place where they may be, and escapes that need not be. */
const line = fc
  .tuple(object, fc.constantFrom('', ' ', '\t', ' \t '), fc.boolean())
  .map(([whole, blank, isEscaped]) => {
    const text = JSON.stringify(whole, undefined, 1).replaceAll(/\n\s*/g, blank)
    return isEscaped ? text.replaceAll('/', '\\/').replaceAll('o', '\\u006f') : text
  })

const manyMembers = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, 1])))

describe('the members of a JSON object', () => {
  test('are those that JSON.parse finds', () => {
    fc.assert(
      fc.property(line, text => {
        expect(Object.fromEntries(membersOf(text) ?? [['absent', true]])).toEqual(parsed(text))
      }),
    )
  })

  test('are found in all that JSON.parse takes for an object, and in nothing else', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      '\\"',
      '\\u00e9',
      '\\u0',
      'é',
      '\u0001',
      '\t',
      '0',
      '1',
      '-',
      '.',
      'e',
      'E+',
      '01',
      '1.',
      'true',
      'tru',
      'null',
      'nul',
      ' ',
      '"a"',
      '"a":1',
    )
    const spoiled = fc
      .tuple(line, fc.nat(), fc.nat({ max: 3 }), fc.array(piece, { maxLength: 2 }))
      .map(([text, place, length, pieces]) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + pieces.join('') + text.slice(at + length)
      })
      .map(text => Buffer.from(text).toString())
      .filter(text => text.startsWith('{') && !/[\n\r]/.test(text))
    const whole = fc.array(piece, { maxLength: 12 }).map(pieces => `{${pieces.join('')}`)
    let taken = 0
    let refused = 0
    fc.assert(
      fc.property(fc.oneof(spoiled, whole), text => {
        const isObject = parsed(text) !== undefined
        expect(read(jsonLines(), text) !== undefined).toBe(isObject)
        if (isObject) taken++
        else refused++
      }),
      { numRuns: 1_500 },
    )
    // Both happen, or the property says nothing.
    expect(Math.min(taken, refused)).toBeGreaterThan(100)
  })

  test('keep their order, and all of one name', () => {
    expect(membersOf('{"b":1,"a":2,"b":{"c":[3]}}')).toEqual([
      ['b', 1],
      ['a', 2],
      ['b', { c: [3] }],
    ])
  })

  test.each([
    ['more members than a line has', manyMembers(1_001)],
    ['values deeper than they get', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
  ])('are not looked for in %s', (_, text) => {
    expect(membersOf(text)).toBeUndefined()
  })

  test('may be as many and as deep as they get', () => {
    expect(membersOf(manyMembers(1_000))).toHaveLength(1_000)
    expect(membersOf(`{"a":${'['.repeat(90)}${']'.repeat(90)}}`)).toHaveLength(1)
  })
})
