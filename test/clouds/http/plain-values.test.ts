import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDigits, readTime } from '../../../src/clouds/http/plain-values.ts'

const FORM = '2026-03-01T12:30:59.250Z'

/** A time as it is written, now and then with another character somewhere, or cut short. */
const written = fc
  .tuple(
    fc.date({ noInvalidDate: true }),
    fc.boolean(),
    fc.option(
      fc.tuple(
        fc.nat(FORM.length - 1),
        fc.constantFrom('0', '1', '5', '9', '-', ':', '.', 'T', 'Z', ' ', '+'),
      ),
      { freq: 2 },
    ),
    fc.option(fc.nat(FORM.length), { freq: 5 }),
  )
  .map(([date, hasMillis, typo, cut]) => {
    const text = hasMillis ? date.toISOString() : date.toISOString().replace(/\.\d+/, '')
    const other = typo === null ? text : text.slice(0, typo[0]) + typo[1] + text.slice(typo[0] + 1)
    return cut === null ? other : other.slice(0, cut)
  })

test('a time is what Date.parse says, wherever it stands', () => {
  fc.assert(
    fc.property(written, fc.string(), (time, before) => {
      const text = `${before}${time}${before}`
      const found = readTime(text, before.length, before.length + time.length)
      expect(found).toBe(Date.parse(time))
    }),
    { numRuns: 5_000 },
  )
})

test.each(['2026-02-28T23:59:59Z', '2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', FORM, ''])(
  'also %j',
  time => {
    expect(readTime(time, 0, time.length)).toBe(Date.parse(time))
  },
)

test('digits are a number, all else is none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat().map(String), fc.string()), fc.string(), (text, before) => {
      const found = readDigits(before + text, before.length, before.length + text.length)
      expect(found).toBe(/^[0-9]+$/.test(text) ? Number(text) : -1)
    }),
  )
})
