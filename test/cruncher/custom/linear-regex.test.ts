import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GROK_PATTERNS } from '../../../src/cruncher/custom/grok-patterns.ts'
import { expandGrok } from '../../../src/cruncher/custom/grok.ts'
import { compileLinear } from '../../../src/cruncher/custom/linear-regex.ts'
import { preparePattern } from '../../../src/cruncher/custom/pattern-source.ts'

function compile(pattern: string): RegExp {
  return compileLinear(preparePattern(pattern, false).source)
}

describe('a pattern that would run for ever is stopped', () => {
  // Without the linear engine, each of these takes longer than the life of the computer.
  test.each([
    ['^(a+)+$', `${'a'.repeat(60)}!`],
    ['^(?<x>(a|a)*)$', `${'a'.repeat(60)}!`],
    ['^(.*)*x$', 'a'.repeat(60)],
    ['(x+x+)+y', 'x'.repeat(60)],
    ['^(\\w+\\s?)*$', `${'word '.repeat(30)}!`],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(60)],
    ['^(?:a{0,20}){20}b$', `${'a'.repeat(60)}!`],
  ])('%s', (pattern, text) => {
    const regex = compile(pattern)
    const start = process.cpuUsage().user
    for (let time = 0; time < 10; time++) expect(regex.exec(text)).toBeNull()
    expect((process.cpuUsage().user - start) / 1_000).toBeLessThan(2_000)
  })

  test('on a line of 100,000 characters too', () => {
    const start = process.cpuUsage().user
    expect(compile('^(a+)+$').exec(`${'a'.repeat(100_000)}!`)).toBeNull()
    expect((process.cpuUsage().user - start) / 1_000).toBeLessThan(5_000)
  })

  test('and still finds what there is', () => {
    expect(compile('^(?<x>(a+)+)!$').exec(`${'a'.repeat(50_000)}!`)?.[1]?.length).toBe(50_000)
  })
})

test.each([...GROK_PATTERNS.keys()])('the grok pattern %s runs in linear time', name => {
  const { pattern } = expandGrok(`%{${name}}`, new Map())
  expect(() => compile(pattern)).not.toThrow()
})

describe('counts that V8 would not run are written out', () => {
  test.each([
    'a{20}',
    'a{0,20}',
    'a{18,}',
    '(?:ab{3}){7}',
    '[0-9a-f]{40}',
    'a{17,33}?',
    '(?:a{16}){2}',
    '(?:(?:a|b){1,4}:){7}',
  ])('%s means the same', pattern => {
    const ours = compile(`^${pattern}$`)
    const theirs = new RegExp(`^${pattern}$`)
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'abbb', 'aa', 'a'.repeat(17), 'ab:', 'f0'), {
          maxLength: 45,
        }),
        parts => {
          const text = parts.join('')
          expect(ours.test(text)).toBe(theirs.test(text))
        },
      ),
    )
    for (let length = 0; length < 45; length++) {
      const text = 'a'.repeat(length)
      expect(ours.test(text), `${length}`).toBe(theirs.test(text))
    }
  })

  test('but not without end', () => {
    expect(() => preparePattern('(?:(?:a{1000}){1000}){1000}', false)).toThrow('too long')
  })
})

describe('the names of a pattern', () => {
  test.each([
    ['(?<a>x)(y)(?<b>z)', ['a', 'b']],
    ['(?:(?<a>x)|(?<a>y))', ['a', 'a']],
    ['(?<outer>x(?<inner>y))', ['outer', 'inner']],
    ['\\((?<a>[(]x)\\)', ['a']],
    ['(?P<a>x)', ['a']],
    ['(?<!b)(?<a>x)', ['a']],
  ])('of %s are %s', (pattern, names) => {
    expect(preparePattern(pattern, false).names).toEqual(names)
  })
})
