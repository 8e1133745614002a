import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, parseLogicalDate } from '../../src/core/logical-date.ts'
import { parseCalendarRule } from '../../src/formats/calendar-rule.ts'

const start = parseLogicalDate('2026-03-01') // a Sunday

test.for([
  ['1 * *', '2026-04-01 2026-05-01 2026-06-01'],
  ['L * *', '2026-03-31 2026-04-30 2026-05-31'],
  ['* * mon', '2026-03-02 2026-03-09 2026-03-16'],
  ['* * MON-fri', '2026-03-02 2026-03-03 2026-03-04'],
  ['* * 7', '2026-03-08 2026-03-15 2026-03-22'],
  ['* * 0', '2026-03-08 2026-03-15 2026-03-22'],
  ['1,15 * *', '2026-03-15 2026-04-01 2026-04-15'],
  ['1-7/2 jan *', '2027-01-01 2027-01-03 2027-01-05'],
  ['* feb,apr fri', '2026-04-03 2026-04-10 2026-04-17'],
  ['* * fri#2', '2026-03-13 2026-04-10 2026-05-08'],
  ['* * friL', '2026-03-27 2026-04-24 2026-05-29'],
  ['29 2 *', '2028-02-29 2032-02-29 2036-02-29'],
  ['10 * mon', '2026-03-02 2026-03-09 2026-03-10'], // both days given: either
  ['*/10 * mon', '2026-05-11 2026-06-01 2026-08-31'], // begins with a star: both
  ['30 4 1 * *', '2026-04-01 2026-05-01 2026-06-01'], // five fields: the time is ignored
  ['*/5 0-6 1 * *', '2026-04-01 2026-05-01 2026-06-01'],
  ['? * mon', '2026-03-02 2026-03-09 2026-03-16'],
] as const)('`%s` next matches %s', ([text, expected]) => {
  const rule = parseCalendarRule(text)
  const dates = []
  let date = rule.nextAfter(start)
  while (date !== undefined && dates.length < 3) {
    dates.push(date)
    expect(rule.matches(date)).toBe(true)
    date = rule.nextAfter(date)
  }
  expect(dates.join(' ')).toBe(expected)
})

test('a rule that never matches says so', () => {
  expect(parseCalendarRule('31 2 *').nextAfter(start)).toBeUndefined()
  expect(parseCalendarRule('31 2 *').matches(start)).toBe(false)
})

describe('wrong rules are refused with the reason', () => {
  test.for([
    ['', /0 fields/],
    ['1 *', /2 fields/],
    ['* * * *', /4 fields/],
    ['@daily', /1 fields/],
    ['32 * *', /day/],
    ['0 * *', /day/],
    ['* 13 *', /month/],
    ['* * 8', /day/i],
    ['* * funday', /characters|alone/],
    ['61 4 1 * *', /minute/],
    ['0 25 1 * *', /hour/],
    ['*/0 * *', /stepping/],
  ] as const)('`%s`', ([text, reason]) => {
    expect(() => parseCalendarRule(text)).toThrow(reason)
    expect(() => parseCalendarRule(text)).toThrow(`\`${text}\` is not a calendar rule`)
  })
})

test('a list of days matches exactly those days, and nextAfter is the nearest match', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 3_000 }),
      (days, offset) => {
        const rule = parseCalendarRule(`${days.join(',')} * *`)
        const date = addDays(start, offset)
        expect(rule.matches(date)).toBe(days.includes(Number(date.slice(8))))
        const next = rule.nextAfter(date)
        if (next === undefined) throw new Error('every month list matches again')
        expect(rule.matches(next)).toBe(true)
        for (let day = addDays(date, 1); day < next; day = addDays(day, 1)) {
          expect(rule.matches(day)).toBe(false)
        }
      },
    ),
    { numRuns: process.env['FERRY_SOAK'] === '1' ? 2_000 : 100 },
  )
})
