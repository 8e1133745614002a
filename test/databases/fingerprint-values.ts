/** Values of every type in the text that all engines share, and the checksum of a row of such texts. */
import { createHash } from 'node:crypto'
import type { ColumnType } from '../../src/formats/column-type.ts'

type Texts = readonly string[]

export const HOSTILE: Texts = [
  '',
  ' ',
  'NULL',
  '~',
  '|',
  'a|b',
  '~|~',
  '1:a',
  "it's",
  'say "hi"',
  'back\\slash \\N \\.',
  'two\nlines\r\n',
  'tab\there',
  'trailing  ',
  'árvíztűrő 日本',
  '🎉 emoji',
  '\u0001control\u001f',
  'e\u0301 and é',
  'x'.repeat(10_000),
]

export const VALUES: readonly (readonly [ColumnType, Texts])[] = [
  [{ kind: 'boolean' }, ['t', 'f']],
  [{ kind: 'integer', bits: 8 }, ['0', '-128', '127']],
  [{ kind: 'integer', bits: 16 }, ['-32768', '32767']],
  [{ kind: 'integer', bits: 32 }, ['-2147483648', '2147483647']],
  [{ kind: 'integer', bits: 64 }, ['-9223372036854775808', '9223372036854775807', '42']],
  [{ kind: 'integer', bits: 128 }, ['18446744073709551615', '-18446744073709551616']],
  [{ kind: 'decimal', precision: 10, scale: 2 }, ['0.00', '-0.50', '12345678.90', '0.01']],
  [{ kind: 'decimal', precision: 38, scale: 10 }, ['1234567890123456789012345678.0123456789']],
  [{ kind: 'decimal', precision: 5, scale: 0 }, ['99999', '-1']],
  [{ kind: 'decimal' }, ['1.10', '0', '-0.000000001', `${'9'.repeat(60)}.5`, 'NaN', 'Infinity']],
  [
    { kind: 'float', bits: 64 },
    ['0', '-0', '1', '-1.5', '0.1', '100000', '1000000', '123456789012345', '1e+15', '-1e+15']
      .concat(['1.234567890123456e+15', '1.2345678901234565e+15', '9.007199254740992e+15'])
      .concat(['1e+16', '1.2345678901234568e+17', '1e+22', '1.7976931348623157e+308', '5e-324'])
      .concat([
        '0.0001',
        '1e-05',
        '-1.5e-07',
        '0.30000000000000004',
        'NaN',
        'Infinity',
        '-Infinity',
      ]),
  ],
  [
    { kind: 'float', bits: 32 },
    ['0', '0.1', '-1', '100000', '999999', '1e+06', '1.234567e+06', '1.2345675e+06', '-1e+15']
      .concat(['1.6777216e+07', '1e+16', '3.4028235e+38', '1e-45', '0.0001', '1e-05', 'NaN'])
      .concat(['Infinity', '-Infinity', '123456.7'])
      // Just between two texts, and a text that is just between two floats.
      .concat(['43276.812', '-2.6241232e+06', '9.6012096e+07', '3.1e-44']),
  ],
  [{ kind: 'text' }, HOSTILE],
  [{ kind: 'bytes' }, ['\\x', '\\x00', '\\x00ff5c22', '\\xdeadbeef']],
  [
    { kind: 'date' },
    [
      '2026-11-28',
      '0001-01-01',
      '1582-10-10',
      '0044-03-15 BC',
      '9999-12-31',
      'infinity',
      '-infinity',
    ],
  ],
  [{ kind: 'time', zone: false }, ['00:00:00', '12:34:56.1', '23:59:59.999999', '24:00:00']],
  [{ kind: 'time', zone: true }, ['12:34:56+00', '12:34:56.1+05:30', '12:34:56-08']],
  [
    { kind: 'timestamp', zone: false },
    ['2026-11-28 00:00:00', '2026-11-28 12:34:56.1', '1969-12-31 23:59:59.999999']
      .concat(['0001-01-01 00:00:00', '9999-12-31 23:59:59.999999', '0044-03-15 12:00:00.5 BC'])
      .concat(['infinity', '-infinity']),
  ],
  [
    { kind: 'timestamp', zone: true },
    ['2026-11-28 00:00:00+00', '2026-11-28 12:34:56.123+00', '0001-01-01 00:00:00+00'].concat([
      '9999-12-31 23:59:59.999999+00',
      '0044-03-15 12:00:00+00 BC',
      'infinity',
    ]),
  ],
  [
    { kind: 'interval' },
    ['00:00:00', '1 year', '1 mon', '1 day', '-1 days', '2 years 11 mons 31 days 23:59:59.999999']
      .concat(['-1 mons +3 days -04:05:06.789', '-1 years -2 mons +1 day', '-1 days +00:00:00.5'])
      .concat(['100:00:00', '-1000:30:00', '3 days -01:00:00']),
  ],
  [
    { kind: 'uuid' },
    ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ],
  [{ kind: 'json' }, ['{"a": 1e400, "b": [1, 2, {"c": null}]}', 'null', '"~|"', '[]']],
]

/** What `number` makes of a decimal's or an integer's text. */
export const NUMBERS: readonly (readonly [ColumnType, string, string])[] = [
  [{ kind: 'decimal', precision: 10, scale: 2 }, '1.10', '1.1'],
  [{ kind: 'decimal', precision: 10, scale: 2 }, '-100.00', '-100'],
  [{ kind: 'decimal', precision: 10, scale: 2 }, '0.00', '0'],
  [{ kind: 'decimal', precision: 38, scale: 10 }, '0.0000000010', '0.000000001'],
  [{ kind: 'decimal', precision: 5, scale: 0 }, '100', '100'],
  [{ kind: 'integer', bits: 64 }, '1000', '1000'],
]

const LENGTH_FIRST = new Set(['text', 'json', 'other'])

/** The first 60 bits of the MD5 of a row's text. */
export function referenceChecksum(row: readonly (readonly [ColumnType, string | null])[]): bigint {
  const fields = row.map(([{ kind }, text]) => {
    if (text === null) return '~'
    return LENGTH_FIRST.has(kind) ? `${Buffer.byteLength(text)}:${text}` : text
  })
  return BigInt(`0x${createHash('md5').update(fields.join('|')).digest('hex').slice(0, 15)}`)
}

/**
 * JavaScript prints the same digits, but for those that lie just between two floats; and begins with
 * exponents elsewhere.
 */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  if (value === 0) return '0'
  const precision = [undefined, 14, 15, 16].find(decimals => {
    const text = value.toExponential(decimals)
    return Number(text) === value && !isBetweenFloats(value, text)
  })
  const [all = '', exponent = ''] = value.toExponential(precision).split('e')
  const digits = all.includes('.') ? all.replace(/\.?0+$/, '') : all
  const power = Number(exponent)
  const sign = power < 0 ? '-' : '+'
  if (power < -4 || power >= 15) {
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return power === -4 || String(value).includes('e')
    ? value.toFixed(Math.max(0, digits.replace(/^-?\d\.?/, '').length - power))
    : String(value)
}

function isBetweenFloats(value: number, text: string): boolean {
  if (Math.abs(value) < 2 ** 54 || Math.abs(value) > 1e21) return false
  const exact = BigInt(value)
  const printed = BigInt(text.replace('.', '').replace(/e.*/, '')) * 10n ** zerosOf(text)
  const mirrored = 2n * printed - exact
  return printed !== exact && BigInt(Number(mirrored)) === mirrored
}

const zerosOf = (text: string): bigint =>
  BigInt(Number(text.split('e')[1]) - (/\.(\d+)/.exec(text)?.[1]?.length ?? 0))
