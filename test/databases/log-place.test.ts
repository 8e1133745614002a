import { expect, test } from 'vitest'
import { endOfRecords, logPlace } from '../../src/databases/postgres/log-place.ts'

const [PAGE, SEGMENT] = [8_192n, 16n * 1024n * 1024n]

test.each([
  ['in the middle of a page', '0/3000148', '0/3000148'],
  ['behind the header of a page', '0/3002018', '0/3002000'],
  ['behind that of a segment', '1/4000028', '1/4000000'],
  [
    'behind what goes on from the page before, as long as a segment’s header',
    '0/3002028',
    '0/3002028',
  ],
])('%s: a replica reaches what ends there', (_, next, end) => {
  expect(endOfRecords(logPlace(next), PAGE, SEGMENT)).toBe(logPlace(end))
})

test('places beyond four billion bytes are in order', () => {
  expect(logPlace('16/B374D848')).toBe(0x16_b374_d848n)
  expect(logPlace('10/0')).toBeGreaterThan(logPlace('F/FFFFFFFF'))
  expect(logPlace('')).toBe(0n)
})
