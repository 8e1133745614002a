import { Fault } from '../fault.ts'
import { isSign, syntax, type Token } from './tokens.ts'

/** A type as it was declared, and what keeps its values in DuckDB. */
export interface DeclaredType {
  readonly name: string
  /** In bytes; -1 is max. As in sys.columns. */
  readonly maxLength: number
  readonly precision: number
  readonly scale: number
  readonly duckdb: string
}

const FIXED: Readonly<Record<string, readonly [duckdb: string, bytes: number]>> = {
  bit: ['BOOLEAN', 1],
  tinyint: ['UTINYINT', 1],
  smallint: ['SMALLINT', 2],
  int: ['INTEGER', 4],
  bigint: ['BIGINT', 8],
  real: ['FLOAT', 4],
  money: ['DECIMAL(19, 4)', 8],
  smallmoney: ['DECIMAL(10, 4)', 4],
  date: ['DATE', 3],
  datetime: ['TIMESTAMP', 8],
  smalldatetime: ['TIMESTAMP', 4],
  uniqueidentifier: ['UUID', 16],
  sysname: ['VARCHAR', 256],
  text: ['VARCHAR', 16],
  ntext: ['VARCHAR', 16],
  xml: ['VARCHAR', -1],
  image: ['BLOB', 16],
  hierarchyid: ['BLOB', 892],
  sql_variant: ['VARCHAR', 8016],
}
const TEXTS: Readonly<Record<string, number>> = { char: 1, varchar: 1, nchar: 2, nvarchar: 2 }
const MOMENTS: Readonly<Record<string, readonly [duckdb: string, bytes: number]>> = {
  time: ['TIME', 5],
  datetime2: ['TIMESTAMP', 8],
  datetimeoffset: ['TIMESTAMPTZ', 10],
}
const ALIASES: Readonly<Record<string, string>> = {
  integer: 'int',
  dec: 'decimal',
  numeric: 'numeric',
}

/** Reads a type from the front; `length` is how many tokens it takes. @throws Fault 243 */
export function readType(list: readonly Token[]): { type: DeclaredType; length: number } {
  const [first] = list
  if (first?.kind !== 'word' && first?.kind !== 'name') throw syntax(first)
  let length = 1
  let name = first.value.toLowerCase()
  if (name === 'double' && list[1]?.value.toLowerCase() === 'precision') {
    length = 2
    name = 'float'
  }
  const numbers: string[] = []
  if (isSign(list[length], '(')) {
    for (length += 1; !isSign(list[length], ')'); length += 1) {
      const token = list[length]
      if (token === undefined) throw syntax(first)
      if (!isSign(token, ',')) numbers.push(token.value.toLowerCase())
    }
    length += 1
  }
  return { type: declared(ALIASES[name] ?? name, numbers), length }
}

function declared(name: string, [first, second]: readonly string[]): DeclaredType {
  const plain = { name, maxLength: 0, precision: 0, scale: 0 }
  const fixed = FIXED[name]
  if (fixed !== undefined) return { ...plain, duckdb: fixed[0], maxLength: fixed[1] }
  if (name === 'decimal' || name === 'numeric') {
    const precision = Number(first ?? 18)
    const scale = Number(second ?? 0)
    return { ...plain, precision, scale, maxLength: 17, duckdb: `DECIMAL(${precision}, ${scale})` }
  }
  if (name === 'float') {
    const isReal = Number(first ?? 53) <= 24
    if (isReal) return { ...plain, name: 'real', maxLength: 4, duckdb: 'FLOAT' }
    return { ...plain, maxLength: 8, duckdb: 'DOUBLE' }
  }
  const moment = MOMENTS[name]
  if (moment !== undefined) {
    return { ...plain, duckdb: moment[0], maxLength: moment[1], scale: Number(first ?? 7) }
  }
  const bytes = TEXTS[name] ?? (/^(var)?binary$/.test(name) ? 1 : undefined)
  if (bytes === undefined) throw new Fault(243, `Type ${name} is not a defined system type.`)
  const maxLength = first === 'max' ? -1 : Number(first ?? 1) * bytes
  return { ...plain, maxLength, duckdb: name.endsWith('binary') ? 'BLOB' : 'VARCHAR' }
}
