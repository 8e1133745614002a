import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareKeys, pathKeyFault } from '../../src/formats/object-key.ts'

test('keys sort as their UTF-8 bytes do', () => {
  const unit = fc.oneof(
    fc.constantFrom('a', 'b', '/', '.', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{1f600}', 'é'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  )
  const key = fc.array(unit, { maxLength: 6 }).map(units => units.join(''))
  fc.assert(
    fc.property(key, key, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
      expect(Math.sign(compareKeys(a, b))).toBe(bytes)
    }),
    { numRuns: 2_000 },
  )
})

test.each(['a', 'a/b', '.hidden', 'a/..b', '...', 'é/💧', 'a%2Fb', 'x'.repeat(255)])(
  '%s can be a path',
  key => expect(pathKeyFault(key)).toBeUndefined(),
)

test.each([
  '',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../x',
  'a/../../x',
  'a/./b',
  'nul\0',
  'x'.repeat(256),
  `${'é'.repeat(128)}/a`,
  'a/.ferry-upload-1-2',
])('%j cannot be a path', key => expect(pathKeyFault(key)).toEqual(expect.any(String)))
