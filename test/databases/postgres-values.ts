import type { TypedColumn } from './source.contract.ts'

const own = (...texts: readonly string[]) => texts.map(text => [`'${text}'`, text] as const)
const control = String.fromCharCode(...Array.from({ length: 31 }, (_, at) => at + 1), 127)

/** What PostgreSQL's types can hold, and the texts that a mirror makes of it. */
export const POSTGRES_VALUES: readonly TypedColumn[] = [
  {
    type: 'boolean',
    values: [
      ['true', 't'],
      ['false', 'f'],
      ['NULL', null],
    ],
  },
  { type: 'smallint', values: own('-32768', '32767', '0') },
  { type: 'bigint', values: own('-9223372036854775808', '9007199254740993') },
  {
    type: 'numeric',
    values: own(
      'NaN',
      'Infinity',
      '-Infinity',
      '1.10',
      '0',
      `-${'9'.repeat(1_000)}.${'1'.repeat(500)}`,
    ),
  },
  {
    type: 'numeric(10,2)',
    values: [
      ["'1.1'", '1.10'],
      ["'-0.005'", '-0.01'],
      ["'NaN'", 'NaN'],
      ["'0'", '0.00'],
    ],
  },
  { type: 'numeric(5,-2)', values: [["'123456'", '123500']] },
  {
    type: 'double precision',
    values: own(
      'NaN',
      'Infinity',
      '-Infinity',
      '0.1',
      '5e-324',
      '-0',
      '1e+22',
      '1.7976931348623157e+308',
    ),
  },
  { type: 'real', values: own('0.1', '3.4028235e+38', '1e-45') },
  {
    type: 'text',
    values: [
      ["''", ''],
      ['NULL', null],
      ["'NULL'", 'NULL'],
      ["E'\\\\.'", '\\.'],
      ["'\\N'", '\\N'],
      ['\'a,b;c|d\t"e"\'', 'a,b;c|d\t"e"'],
      ["E'\\r\\n \\n'", '\r\n \n'],
      ["'🎉 árvíz 日本'", '🎉 árvíz 日本'],
      [`'${control.replace("'", "''")}'`, control],
      ['chr(1)||chr(65533)', '\u0001\ufffd'],
    ],
  },
  { type: 'character(6)', values: [["'ab'", 'ab    ']] },
  { type: 'character varying(20)', values: own('x ', ' y') },
  {
    type: 'bytea',
    values: [
      ["'\\x00ff5c22'", '\\x00ff5c22'],
      ["''", '\\x'],
    ],
  },
  {
    type: 'date',
    values: [
      ...own('0001-01-01', '4713-01-01 BC', '5874897-12-31', 'infinity', '-infinity', '1582-10-10'),
    ],
  },
  {
    type: 'time',
    values: [
      ["'12:34:56.100'", '12:34:56.1'],
      ["'24:00:00'", '24:00:00'],
    ],
  },
  {
    type: 'time with time zone',
    values: [
      ["'12:34:56+05:30'", '12:34:56+05:30'],
      ["'01:00+02'", '01:00:00+02'],
    ],
  },
  {
    type: 'timestamp',
    values: own(
      '2026-03-01 12:34:56.123456',
      '0044-03-15 12:00:00.5 BC',
      'infinity',
      '294276-12-31 23:59:59.999999',
    ),
  },
  {
    type: 'timestamptz',
    values: [
      ["'2026-03-01 12:34:56.1+05:30'", '2026-03-01 07:04:56.1+00'],
      ["'0044-03-15 12:00:00+00 BC'", '0044-03-15 12:00:00+00 BC'],
      ["'-infinity'", '-infinity'],
    ],
  },
  {
    type: 'interval',
    values: own('1 year 2 mons 3 days 04:05:06.789012', '-1 mons +3 days -04:05:06.789'),
  },
  {
    type: 'uuid',
    values: [["'6BA7B810-9DAD-11D1-80B4-00C04FD430C8'", '6ba7b810-9dad-11d1-80b4-00c04fd430c8']],
  },
  { type: 'json', values: own('{"a": 1e400, "a": 2}') },
  { type: 'jsonb', values: own('{"a": 12345678901234567890.10}') },
  { type: 'int[]', values: own('{1,NULL,3}') },
  { type: 'text[]', values: [["ARRAY[NULL,'NULL','','a,b']", '{NULL,"NULL","","a,b"}']] },
  { type: 'int4range', values: own('[1,5)') },
  { type: 'inet', values: own('192.168.0.1/24') },
  { type: 'point', values: own('(1.5,-2)') },
  { type: 'bit varying', values: own('10101') },
  { type: 'xml', values: own('<a>b</a>') },
]
