import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../../src/cruncher/time/duration.ts'

function parse(text: string, bareUnitMs?: number): number {
  const bytes = Buffer.from(`7${text}7ms`)
  return parseDuration(bytes, 1, 1 + Buffer.byteLength(text), bareUnitMs)
}

test.each([
  ['12ms', 12],
  ['12 ms', 12],
  ['1.5s', 1_500],
  ['79.0', 79],
  ['.5', 0.5],
  ['221micros', 0.221],
  ['250µs', 0.25],
  ['250μs', 0.25],
  ['250us', 0.25],
  ['1500ns', 0.0015],
  ['12 milliseconds', 12],
  ['1 second', 1_000],
  ['1m30.5s', 90_500],
  ['2h', 7_200_000],
  ['1h 2m 3s', 3_723_000],
  ['0:00:01.23', 1_230],
  ['1:02:03', 3_723_000],
  ['02:03', 123_000],
  ['0', 0],
])('%s is %d ms', (text, ms) => {
  expect(parse(text)).toBeCloseTo(ms, 9)
})

test('a bare number is of the unit that the format says', () => {
  expect(parse('0.042', 1_000)).toBe(42)
})

describe('what is no duration', () => {
  test.each(['', '-', '-1', 'ms', '1.5x', '1ms2', '1:2:3:4', '1:60', '1:', ':1', '1..2', '1e3'])(
    '`%s`',
    text => {
      expect(parse(text)).toBeNaN()
    },
  )
})
