import { BINARY_CHARSET, FLAG, TYPE, type WireColumn } from './packets.ts'

/** `int(11)` is `int`, as newer servers write it; `tinyint(1)`, and what is filled with zeros, stay. */
export function plainTypeName(type: string): string {
  if (type.includes('zerofill') || type.startsWith('tinyint(1)')) return type
  return type.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, '$1')
}

const NAMES: Readonly<Record<number, string>> = {
  [TYPE.tiny]: 'tinyint',
  [TYPE.short]: 'smallint',
  [TYPE.long]: 'int',
  [TYPE.int24]: 'mediumint',
  [TYPE.longlong]: 'bigint',
  [TYPE.float]: 'float',
  [TYPE.double]: 'double',
  [TYPE.null]: 'null',
  [TYPE.timestamp]: 'timestamp',
  [TYPE.datetime]: 'datetime',
  [TYPE.date]: 'date',
  [TYPE.newdate]: 'date',
  [TYPE.time]: 'time',
  [TYPE.year]: 'year',
  [TYPE.bit]: 'bit',
  [TYPE.json]: 'json',
  [TYPE.geometry]: 'geometry',
  [TYPE.varString]: 'varchar',
  15: 'varchar',
  [TYPE.string]: 'char',
}

/** The server's name of the type of a result's column. */
export function typeName(column: WireColumn): string {
  const { type, flags, charset, extension } = column
  if (extension !== undefined) return extension
  if ((flags & FLAG.enum) !== 0) return 'enum'
  if ((flags & FLAG.set) !== 0) return 'set'
  const isUnsigned = (flags & FLAG.unsigned) !== 0
  if (type === TYPE.newdecimal || type === TYPE.decimal) {
    const { precision, scale } = decimalOf(column)
    return `decimal(${precision},${scale})${isUnsigned ? ' unsigned' : ''}`
  }
  const isBinary = charset === BINARY_CHARSET
  const name = NAMES[type] ?? (isBinary ? 'blob' : 'text')
  if (isBinary && name === 'varchar') return 'varbinary'
  if (isBinary && name === 'char') return 'binary'
  return isUnsigned && type !== TYPE.year ? `${name} unsigned` : name
}

/** The length of a decimal counts its point and its sign. */
export function decimalOf({ length, decimals, flags }: WireColumn): {
  precision: number
  scale: number
} {
  const sign = (flags & FLAG.unsigned) === 0 ? 1 : 0
  return { precision: length - sign - (decimals > 0 ? 1 : 0), scale: decimals }
}

const DUCKDB_TYPES: Readonly<Record<number, string>> = {
  [TYPE.tiny]: 'TINYINT',
  [TYPE.short]: 'SMALLINT',
  [TYPE.long]: 'INTEGER',
  [TYPE.int24]: 'INTEGER',
  [TYPE.longlong]: 'BIGINT',
  [TYPE.year]: 'SMALLINT',
  [TYPE.float]: 'FLOAT',
  [TYPE.double]: 'DOUBLE',
  [TYPE.date]: 'DATE',
  [TYPE.newdate]: 'DATE',
  [TYPE.datetime]: 'TIMESTAMP',
  [TYPE.timestamp]: 'TIMESTAMP',
  [TYPE.json]: 'JSON',
}
const UNSIGNED: ReadonlySet<string> = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'])
const MAX_DECIMAL_DIGITS = 38

/** The type of a column in a Parquet file, which keeps all that the column holds. */
export function duckdbTypeOf(column: WireColumn, holdsBytes: boolean): string {
  const { type, flags, length } = column
  if (holdsBytes) return 'BLOB'
  if (column.extension === 'json') return 'JSON'
  if (column.extension === 'uuid') return 'UUID'
  if (type === TYPE.bit) return length === 1 ? 'BOOLEAN' : 'UBIGINT'
  if (type === TYPE.newdecimal || type === TYPE.decimal) {
    const { precision, scale } = decimalOf(column)
    return precision <= MAX_DECIMAL_DIGITS ? `DECIMAL(${precision}, ${scale})` : 'VARCHAR'
  }
  const name = DUCKDB_TYPES[type] ?? 'VARCHAR'
  return (flags & FLAG.unsigned) !== 0 && UNSIGNED.has(name) ? `U${name}` : name
}
