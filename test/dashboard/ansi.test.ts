import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAnsi, withoutAnsi } from '../../src/dashboard/logs/ansi.ts'

const ESC = '\u001B'

test.each([
  ['plain text', 'plain text', [['plain text', '']]],
  [
    'a colour',
    `${ESC}[31merror${ESC}[0m: no`,
    [
      ['error', 'c-red'],
      [': no', ''],
    ],
  ],
  ['bold and bright', `${ESC}[1;92mok`, [['ok', 'bold c-green']]],
  [
    'a background',
    `${ESC}[41;37mx${ESC}[49my`,
    [
      ['x', 'c-white on-red'],
      ['y', 'c-white'],
    ],
  ],
  ['one of 256 colours', `${ESC}[38;5;196mx`, [['x', 'c-red']]],
  ['any colour', `${ESC}[38;2;10;10;200mx`, [['x', 'c-blue']]],
  [
    'bold taken back',
    `${ESC}[1ma${ESC}[22mb`,
    [
      ['a', 'bold'],
      ['b', ''],
    ],
  ],
  ['what moves the cursor', `a${ESC}[2Jb${ESC}[10;5Hc`, [['abc', '']]],
  ['the title of a window', `${ESC}]0;evil\u0007after`, [['after', '']]],
  ['a progress bar', '10 %\r50 %\r100 %', [['100 %', '']]],
  ['bells, backspaces and text that runs backwards', 'a\u0007\u0008\u202Eb', [['ab', '']]],
  ['a torn escape', `a${ESC}`, [['a', '']]],
  ['markup, which is text', '<script>alert(1)</script>', [['<script>alert(1)</script>', '']]],
])('%s', (_, line, expected) => {
  expect(parseAnsi(line).map(({ text, look }) => [text, look])).toEqual(expected)
})

test('a line of nothing but colours is no page of nothing but elements', () => {
  const bomb = Array.from({ length: 100_000 }, (_, at) => `${ESC}[3${at % 8}mx`).join('')
  const pieces = parseAnsi(bomb)
  expect(pieces.length).toBeLessThanOrEqual(401)
  expect(pieces.map(one => one.text).join('')).toBe('x'.repeat(100_000))
})

test('whatever a line holds: its text stays, looks are of a fixed set, no control is left', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom(`${ESC}[`, `${ESC}]`, '31m', '0;1;4m', '\u0007', ESC),
  )
  fc.assert(
    fc.property(fc.array(part), parts => {
      const line = parts.join('').replaceAll(/[\r\n]/g, '')
      const pieces = parseAnsi(line)
      expect(pieces.map(one => one.text).join('')).toBe(withoutAnsi(line))
      for (const { look } of pieces)
        expect(look).toMatch(/^(?:(?:bold|dim|italic|underline|(?:c|on)-[a-z]+) ?)*$/)
      expect(withoutAnsi(line)).not.toMatch(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/)
    }),
  )
})
