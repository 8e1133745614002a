import type { TableColumn } from '../../formats/column-type.ts'
import type { RowsQuery } from '../source.ts'
import type { ReadingChoices } from './config.ts'
import { GEOMETRY } from './describe-table.ts'
import { type ColumnPlace, INTERVAL, momentReader, timeReader } from './moment-text.ts'
import { sql } from './sql.ts'
import {
  BIT,
  BITS,
  BYTES,
  DOUBLE,
  PLAIN,
  SINGLE,
  TEXT,
  type ValueReader,
  WITHOUT_ZEROS,
} from './value-reader.ts'

/** How a table's rows are asked for, and how their values are read. */
export interface TableRows {
  readonly query: string
  readonly readers: readonly ValueReader[]
}

export function tableRows(
  { table, columns, where }: RowsQuery,
  choices: ReadingChoices,
): TableRows {
  const wanted = columns.map(name => {
    const column = table.columns.find(one => one.name === name)
    return column ?? { name, native: '', nullable: true, type: { kind: 'text' as const } }
  })
  const conditions = where.filter(text => text !== '').map(text => `(${text})`)
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join('\n AND ')}`
  const list = wanted.map(valueOf).join(', ')
  const name = sql.relation(table.relation)
  return {
    query: `SELECT ${list} FROM ${name}${filter}\n`,
    readers: wanted.map(column => readerOf(column, choices, { table: name, column: column.name })),
  }
}

/** The server prints a FLOAT with six digits, and the same number as a DOUBLE with all that it takes. */
function valueOf({ name, native, type }: TableColumn): string {
  const column = sql.identifier(name)
  if (type.kind === 'float' && type.bits === 32) return `${column} * 1e0`
  return GEOMETRY.test(native) ? `ST_AsText(${column})` : column
}

function readerOf(
  { type, native }: TableColumn,
  choices: ReadingChoices,
  place: ColumnPlace,
): ValueReader {
  switch (type.kind) {
    case 'boolean':
      return BIT
    case 'integer':
      if (native.startsWith('bit')) return BITS
      return native.startsWith('year') || native.includes('zerofill') ? WITHOUT_ZEROS : PLAIN
    case 'decimal':
      return native.includes('zerofill') ? WITHOUT_ZEROS : PLAIN
    case 'float':
      return type.bits === 32 ? SINGLE : DOUBLE
    case 'bytes':
      return BYTES
    case 'date':
      return momentReader(place, choices, false)
    case 'timestamp':
      return momentReader(place, choices, type.zone)
    case 'time':
      return timeReader(place)
    case 'interval':
      return INTERVAL
    case 'uuid':
      return PLAIN
    case 'text':
    case 'json':
    case 'other':
      return TEXT
    default:
      return type satisfies never
  }
}
