import { FerryError } from '../../core/errors.ts'
import type { Field } from '../../formats/csv.ts'
import type { TableColumn } from '../../formats/column-type.ts'
import { doubleText, singleText } from '../../formats/float-text.ts'
import type { RowsQuery } from '../source.ts'
import type { ReadField } from './csv-pieces.ts'
import type { ReadingChoices } from './reading-choices.ts'
import { sql } from './sql.ts'

/** How a table's rows are asked for, and how their values are read. */
export interface TableRows {
  readonly text: string
  readonly readers: readonly ReadField[]
}

/** For messages. */
interface Place {
  readonly table: string
  readonly column: string
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
  const list = wanted.map((column, at) => `${valueOf(column)} AS ${sql.identifier(`c${at}`)}`)
  const name = sql.relation(table.relation)
  return {
    text: `SELECT ${list.join(', ')} FROM ${name}${filter}`,
    readers: wanted.map(column => readerOf(column, choices, { table: name, column: column.name })),
  }
}

/** Longer texts of two bytes a character are `max`. */
const MAX_UNITS = 4_000

/**
 * Texts of one byte a character are in the code page of their collation, which the server knows best: it
 * makes them Unicode. Moments with an offset are turned to UTC.
 */
function valueOf({ name, native, type }: TableColumn): string {
  const column = sql.identifier(name)
  if (native.startsWith('datetimeoffset')) {
    if (type.kind === 'text') return `CONVERT(nvarchar(40), ${column}, 121)`
    return `SWITCHOFFSET(${column}, '+00:00')`
  }
  if (/^(text|ntext|xml)$/.test(native)) return `CAST(${column} AS nvarchar(max))`
  if (native === 'image') return `CAST(${column} AS varbinary(max))`
  const [, kind, length = ''] = /^(char|varchar)\((\w+)\)$/.exec(native) ?? []
  if (kind === undefined) return column
  return `CAST(${column} AS n${kind === 'char' && Number(length) <= MAX_UNITS ? '' : 'var'}char(${Number(length) <= MAX_UNITS ? length : 'max'}))`
}

function readerOf({ native, type }: TableColumn, choices: ReadingChoices, place: Place): ReadField {
  const hasSeven = /^(time|datetime2|datetimeoffset)\(7\)$/.test(native)
  switch (type.kind) {
    case 'float':
      return numberReader(type.bits === 32 ? value => singleText(Math.fround(value)) : doubleText)
    case 'timestamp': {
      const read = hasSeven ? cutting(choices, place) : plain
      return type.zone ? value => inUtc(read(value)) : read
    }
    case 'time':
      return hasSeven ? cutting(choices, place) : plain
    case 'text':
      return textReader(place)
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'bytes':
    case 'date':
    case 'interval':
    case 'uuid':
    case 'json':
    case 'other':
      return plain
    default:
      return type satisfies never
  }
}

function plain(value: unknown): Field {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  return null
}

const numberReader =
  (print: (value: number) => string): ReadField =>
  value =>
    typeof value === 'number' ? print(value) : null

const inUtc = (text: Field): Field => text?.replace('+00:00', '+00') ?? null

/** Half of a pair of units is no character, and has no bytes in UTF-8. */
const textReader =
  (place: Place): ReadField =>
  value => {
    if (typeof value !== 'string') return plain(value)
    if (value.isWellFormed()) return value
    throw refusal(place, 'a text with half a character (a lone surrogate)', {
      hint: `leave the column out with \`columns\`, or repair it: no other engine keeps such a text`,
    })
  }

const SEVENTH = /(\.\d{6})([1-9])/

const cutting =
  ({ seventhDigit }: ReadingChoices, place: Place): ReadField =>
  value => {
    const text = plain(value)
    if (text === null || !SEVENTH.test(text)) return text
    if (seventhDigit !== 'cut') {
      throw refusal(place, `\`${text}\`, whose seventh digit other engines do not keep`, {
        hint: 'add ?seventh_digit=cut to the URL for microseconds, or ?seventh_digit=text',
      })
    }
    const cut = text.replace(SEVENTH, '$1')
    return cut.replace(/(\.\d*?)0+(?=\+|$)/, '$1').replace(/\.(?=\+|$)/, '')
  }

function refusal(
  { table, column }: Place,
  what: string,
  { hint }: { readonly hint: string },
): FerryError {
  return new FerryError('DATA_INVALID', `${table}, column \`${column}\`: ${what}`, {
    hint,
    details: { column },
  })
}
