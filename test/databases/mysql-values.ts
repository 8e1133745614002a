/** Values of every type of MySQL and MariaDB, and the texts that they travel as. */
import type { TypedColumn } from './source.contract.ts'

const own = (...texts: readonly string[]) => texts.map(text => [`'${text}'`, text] as const)
const numbers = (...texts: readonly string[]) => texts.map(text => [text, text] as const)

const control = String.fromCharCode(...Array.from({ length: 31 }, (_, at) => at + 1), 127)
const everyByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export const MYSQL_VALUES: readonly TypedColumn[] = [
  { type: 'tinyint', values: numbers('-128', '127', '0') },
  { type: 'tinyint(1)', values: numbers('0', '1', '-7') },
  { type: 'tinyint unsigned', values: numbers('255') },
  { type: 'smallint', values: numbers('-32768', '32767') },
  { type: 'smallint unsigned', values: numbers('65535') },
  { type: 'mediumint', values: numbers('-8388608', '8388607') },
  { type: 'mediumint unsigned', values: numbers('16777215') },
  { type: 'int', values: numbers('-2147483648', '2147483647') },
  { type: 'int unsigned', values: numbers('4294967295') },
  {
    type: 'int(8) unsigned zerofill',
    values: [
      ['42', '42'],
      ['0', '0'],
    ],
  },
  { type: 'bigint', values: numbers('-9223372036854775808', '9007199254740993') },
  { type: 'bigint unsigned', values: numbers('18446744073709551615', '0') },
  {
    type: 'bit(1)',
    values: [
      ["b'1'", 't'],
      ["b'0'", 'f'],
    ],
  },
  {
    type: 'bit(9)',
    values: [
      ["b'100000001'", '257'],
      ['0', '0'],
    ],
  },
  { type: 'bit(64)', values: [['18446744073709551615', '18446744073709551615']] },
  {
    type: 'decimal(65,30)',
    values: [
      [`-${'9'.repeat(35)}.${'1'.repeat(30)}`, `-${'9'.repeat(35)}.${'1'.repeat(30)}`],
      ['0', `0.${'0'.repeat(30)}`],
    ],
  },
  {
    type: 'decimal(10,2)',
    values: [
      ['1.1', '1.10'],
      ['-0.005', '-0.01'],
      ['0', '0.00'],
    ],
  },
  { type: 'decimal(10,2) unsigned zerofill', values: [['1.5', '1.50']] },
  { type: 'decimal(65,0)', values: numbers('9'.repeat(65)) },
  {
    type: 'double',
    values: [
      ['0.1', '0.1'],
      ['5e-324', '5e-324'],
      ['1e22', '1e+22'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ['0.1e0 + 0.2e0', '0.30000000000000004'],
      ['123456789012345', '123456789012345'],
      ['1234567890123456', '1.234567890123456e+15'],
      ['0.0001', '0.0001'],
      ['0.00001', '1e-05'],
      ['-1.5', '-1.5'],
      ['100', '100'],
      ['0', '0'],
    ],
  },
  { type: 'double(10,3)', values: [['1.5', '1.5']] },
  { type: 'double unsigned zerofill', values: [['1.5', '1.5']] },
  {
    type: 'float',
    values: [
      ['0.1', '0.1'],
      ['16777217', '1.6777216e+07'],
      ['3.4028234663852886e38', '3.4028235e+38'],
      ['1e-45', '1e-45'],
      ['123456.789', '123456.79'],
      ['1000000', '1e+06'],
      ['-0.00001', '-1e-05'],
      ['0', '0'],
    ],
  },
  { type: 'float(7,4)', values: [['999.00009', '999.0001']] },
  { type: 'float zerofill', values: [['2.5', '2.5']] },
  {
    type: 'date',
    values: own('0001-01-01', '9999-12-31', '1582-10-10', '2024-02-29'),
  },
  {
    type: 'datetime',
    values: own('2026-03-01 00:00:00', '9999-12-31 23:59:59', '0001-01-01 00:00:00'),
  },
  {
    type: 'datetime(6)',
    values: [
      ...own('2026-03-01 12:34:56.123456'),
      ["'2026-03-01 12:34:56.500000'", '2026-03-01 12:34:56.5'],
      ["'2026-03-01 12:34:10.000000'", '2026-03-01 12:34:10'],
    ],
  },
  { type: 'datetime(3)', values: [["'2026-03-01 12:34:56.010'", '2026-03-01 12:34:56.01']] },
  {
    type: 'timestamp(6) NULL',
    values: [
      ["'2026-03-01 12:34:56.100000'", '2026-03-01 12:34:56.1+00'],
      ["'1970-01-01 00:00:01'", '1970-01-01 00:00:01+00'],
      ["'2038-01-19 03:14:07.999999'", '2038-01-19 03:14:07.999999+00'],
      ['NULL', null],
    ],
  },
  {
    type: 'time(6)',
    values: [
      ["'12:34:56.100000'", '12:34:56.1'],
      ["'24:00:00'", '24:00:00'],
      ["'00:00:00.000001'", '00:00:00.000001'],
    ],
  },
  { type: 'time', values: own('23:59:59') },
  { type: 'year', values: numbers('2026', '1901', '2155', '0') },
  {
    type: 'varchar(200)',
    values: [
      ["''", ''],
      ['NULL', null],
      ["'NULL'", 'NULL'],
      ["'\\\\.'", '\\.'],
      ["'\\\\N'", '\\N'],
      ['\'a,b;c|d\t"e"\'', 'a,b;c|d\t"e"'],
      ["'\\r\\n \\n'", '\r\n \n'],
      ["'🎉 árvíz 日本'", '🎉 árvíz 日本'],
      [`'${control.replace("'", "''").replace('\\', '\\\\')}'`, control],
      ["'a\\0b'", 'a\0b'],
      ["'x '", 'x '],
    ],
  },
  { type: 'char(6)', values: [["'ab'", 'ab']] },
  { type: 'tinytext', values: own('tiny') },
  { type: 'mediumtext', values: own('medium') },
  { type: 'longtext', values: own('long') },
  { type: 'varchar(20) CHARACTER SET latin1', values: own('é ÿ €') },
  { type: 'varchar(20) CHARACTER SET latin2', values: own('őű') },
  { type: 'varchar(20) CHARACTER SET cp1251', values: own('жЯ') },
  { type: 'varchar(20) CHARACTER SET sjis', values: own('日本') },
  { type: 'varchar(20) CHARACTER SET gbk', values: own('中文') },
  { type: 'varchar(20) CHARACTER SET utf16', values: own('🎉é') },
  { type: 'varchar(20) CHARACTER SET ucs2', values: own('é日') },
  { type: 'varchar(20) CHARACTER SET ascii COLLATE ascii_bin', values: own('plain') },
  {
    type: 'varbinary(300)',
    values: [
      [`x'${everyByte.join('')}'`, `\\x${everyByte.join('')}`],
      ["''", '\\x'],
    ],
  },
  { type: 'binary(4)', values: [["'ab'", '\\x61620000']] },
  { type: 'blob', values: [["x'00ff5c22'", '\\x00ff5c22']] },
  { type: 'longblob', values: [["'x'", '\\x78']] },
  { type: "enum('a','b,c','d\"')", values: own('a', 'b,c', 'd"') },
  {
    type: "set('a','b','c')",
    values: [
      ["'c,a'", 'a,c'],
      ["''", ''],
    ],
  },
  { type: 'json', values: own('{"a": [1, 2.50, 12345678901234567890.10], "b": "é"}', 'null') },
  {
    type: 'uuid',
    values: [["'6BA7B810-9dad-11d1-80b4-00c04fd430c8'", '6ba7b810-9dad-11d1-80b4-00c04fd430c8']],
  },
  { type: 'inet6', values: own('::1', '2001:db8::ff00:42:8329') },
]
