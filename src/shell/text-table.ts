import type { Column, ResultSet, Row, Value } from '../databases/dialect.ts'
import { displayWidth } from './display-width.ts'

/** Rows that decide the columns' widths; those after them are written as they come. */
const ROWS_MEASURED = 1_000
/** Longer values are cut: a table is for looking, the other formats are for keeping. */
const LONGEST_CELL = 200

/** A result as an aligned table for people, in constant memory. */
export async function* tableLines({ columns, batches }: ResultSet): AsyncGenerator<string> {
  let first: Row[] | undefined = []
  let layout: Layout | undefined
  for await (const rows of batches) {
    if (layout === undefined && first !== undefined) {
      first.push(...rows)
      if (first.length < ROWS_MEASURED) continue
      layout = layoutOf(columns, first)
      yield head(columns, layout) + first.map(row => line(row, layout)).join('')
      first = undefined
      continue
    }
    yield rows.map(row => line(row, layout)).join('')
  }
  if (first !== undefined) {
    layout = layoutOf(columns, first)
    yield head(columns, layout) + first.map(row => line(row, layout)).join('')
  }
}

interface Layout {
  readonly widths: readonly number[]
  readonly isNumber: readonly boolean[]
}

function layoutOf(columns: readonly Column[], rows: readonly Row[]): Layout {
  const widths = columns.map(column => displayWidth(cell(column.name)))
  const isNumber = columns.map((_, index) => rows.every(row => isNumeric(row[index] ?? null)))
  for (const row of rows) {
    for (const [index, width] of widths.entries()) {
      widths[index] = Math.max(width, displayWidth(cell(row[index] ?? null)))
    }
  }
  return { widths, isNumber }
}

function isNumeric(value: Value): boolean {
  if (value === null || typeof value === 'number' || typeof value === 'bigint') return true
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
}

function head(columns: readonly Column[], layout: Layout): string {
  const names = columns.map(column => column.name)
  const rule = layout.widths.map(width => '-'.repeat(width)).join('  ')
  return `${line(names, layout)}${rule}\n`
}

function line(row: Row, layout: Layout | undefined): string {
  const cells = row.map((value, index) => {
    const text = cell(value)
    const padding = ' '.repeat(Math.max(0, (layout?.widths[index] ?? 0) - displayWidth(text)))
    return layout?.isNumber[index] === true ? padding + text : text + padding
  })
  return `${cells.join('  ').trimEnd()}\n`
}

/** One line without control characters, which could move a terminal's cursor. */
function cell(value: Value): string {
  if (value === null) return 'NULL'
  const text = String(value)
  const short = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text
  return short.replace(/\p{Cc}/gu, character => {
    const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character]
    return known ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
