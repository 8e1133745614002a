import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PairMembers } from '../../../src/cruncher/members/pair-members.ts'
import { ESCAPED_TEXT } from '../../../src/cruncher/members/members.ts'

/** Names and texts of a line of pairs; nothing: it is none. */
function pairsOf(line: string): readonly (readonly [string, string])[] | undefined {
  const text = Buffer.from(line)
  const bytes = Buffer.concat([text, Buffer.from('b="')])
  const members = new PairMembers()
  if (members.scan(bytes, 0, text.length) !== text.length) return undefined
  return Array.from({ length: members.count }, (_, at) => {
    const name = bytes.toString('utf8', members.nameFrom[at], members.nameTo[at])
    const value = bytes.toString('utf8', members.valueFrom[at], members.valueTo[at])
    return [name, members.kind[at] === ESCAPED_TEXT ? String(JSON.parse(`"${value}"`)) : value]
  })
}

describe('pairs', () => {
  test('are read as they were written', () => {
    const name = fc.stringMatching(/^[a-zA-Z_@][a-zA-Z0-9_.\-/]{0,8}$/)
    const bare = fc
      .stringMatching(/^[^\s"\u0000-\u0020]{0,8}$/u)
      .filter(text => !text.endsWith(','))
    const value = fc.oneof(
      bare.map(text => [text, text] as const),
      fc
        .string({ unit: 'grapheme', maxLength: 12 })
        .map(text => [text, JSON.stringify(text)] as const),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(' ', '  ', '\t', ', '),
        (pairs, between) => {
          const line = pairs.map(([key, [, written]]) => `${key}=${written}`).join(between)
          expect(pairsOf(line)).toEqual(pairs.map(([key, [text]]) => [key, text]))
        },
      ),
    )
  })

  test.each<[string, readonly (readonly [string, string])[]]>([
    [
      'a= b=',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'a="" b=1',
      [
        ['a', ''],
        ['b', '1'],
      ],
    ],
    ['url=/x?y=1&z=2', [['url', '/x?y=1&z=2']]],
    [
      'a=1, b="2", c=3,',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ],
    ],
    ['a="say \\"no\\"\\n"', [['a', 'say "no"\n']]],
    ['a="\\u00e9"', [['a', 'é']]],
    // Escapes of Go and Ruby that JSON does not know: as it stands.
    [
      'a="\\x1b[0m" b=2',
      [
        ['a', '\\x1b[0m'],
        ['b', '2'],
      ],
    ],
    [
      'sample#load=0.5 measure.x/y=1',
      [
        ['sample#load', '0.5'],
        ['measure.x/y', '1'],
      ],
    ],
    ['ключ="x"', []],
  ])('%s', (line, expected) => {
    if (expected.length > 0) expect(pairsOf(line)).toEqual(expected)
    else expect(pairsOf(line)).toBeUndefined()
  })

  test.each([
    'word a=1',
    'a=1 word',
    'a',
    '=1',
    '1a=2',
    'a="open',
    'a="open\\"',
    'a="x"y',
    'a=x"y"',
    'a b=1',
  ])('%s is no line of pairs', line => {
    expect(pairsOf(line)).toBeUndefined()
  })
})
