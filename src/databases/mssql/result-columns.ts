/** What a result's columns are, by what the server says of them. */
import type { JsonKind } from '../row-encoding.ts'
import type { ValueKind } from '../value-kind.ts'

/** As tedious describes a column. */
export interface WireColumn {
  readonly colName: string
  readonly type: { readonly name: string }
  readonly dataLength?: number | undefined
  readonly precision?: number | undefined
  readonly scale?: number | undefined
}

const MAX_LENGTH = 0xffff
const INTEGERS: Readonly<Record<number, string>> = {
  1: 'tinyint',
  2: 'smallint',
  4: 'int',
  8: 'bigint',
}

/** The engine's own name of the type: `nvarchar(50)`, `decimal(10,2)`. */
export function typeName(column: WireColumn): string {
  const { dataLength = 0, precision = 0, scale = 0 } = column
  const length = (characterBytes: number): string =>
    dataLength === MAX_LENGTH ? 'max' : String(dataLength / characterBytes)
  switch (column.type.name) {
    case 'IntN':
      return INTEGERS[dataLength] ?? 'int'
    case 'BitN':
      return 'bit'
    case 'FloatN':
      return dataLength === 4 ? 'real' : 'float'
    case 'MoneyN':
      return dataLength === 4 ? 'smallmoney' : 'money'
    case 'DateTimeN':
      return dataLength === 4 ? 'smalldatetime' : 'datetime'
    case 'DecimalN':
    case 'NumericN':
      return `${column.type.name === 'DecimalN' ? 'decimal' : 'numeric'}(${precision},${scale})`
    case 'Time':
    case 'DateTime2':
    case 'DateTimeOffset':
      return `${column.type.name.toLowerCase()}(${scale})`
    case 'NVarChar':
    case 'NChar':
      return `${column.type.name.toLowerCase()}(${length(2)})`
    case 'VarChar':
    case 'Char':
    case 'VarBinary':
    case 'Binary':
      return `${column.type.name.toLowerCase()}(${length(1)})`
    case 'Variant':
      return 'sql_variant'
    default:
      return column.type.name.toLowerCase()
  }
}

export function valueKindOf({ type }: WireColumn): ValueKind {
  switch (type.name) {
    case 'BitN':
    case 'Bit':
      return 'boolean'
    case 'IntN':
    case 'TinyInt':
    case 'SmallInt':
    case 'Int':
    case 'BigInt':
      return 'integer'
    case 'FloatN':
    case 'Float':
    case 'Real':
      return 'float'
    default:
      return 'text'
  }
}

export function jsonKindOf(column: WireColumn): JsonKind {
  const isNumber = /^(Decimal|Numeric|Money|SmallMoney)/.test(column.type.name)
  return isNumber ? 'number' : valueKindOf(column)
}

const DUCKDB: Readonly<Record<string, string>> = {
  bit: 'BOOLEAN',
  tinyint: 'UTINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  real: 'FLOAT',
  float: 'DOUBLE',
  money: 'DECIMAL(19, 4)',
  smallmoney: 'DECIMAL(10, 4)',
  date: 'DATE',
  time: 'TIME',
  datetime: 'TIMESTAMP',
  smalldatetime: 'TIMESTAMP',
  datetime2: 'TIMESTAMP',
  datetimeoffset: 'TIMESTAMPTZ',
  uniqueidentifier: 'UUID',
  binary: 'BLOB',
  varbinary: 'BLOB',
  image: 'BLOB',
}

/** The type of a column in a Parquet file. */
export function duckdbTypeOf(column: WireColumn): string {
  const name = typeName(column)
  if (/^(decimal|numeric)/.test(name)) return name.replace('numeric', 'decimal').toUpperCase()
  return DUCKDB[name.replace(/\(.*/, '')] ?? 'VARCHAR'
}
