import { FerryError } from '../../core/errors.ts'
import type {
  ComparedColumn,
  ComparedForm,
  FingerprintWriter,
} from '../../databases/fingerprint.ts'
import type { ColumnType, TableColumn } from '../../formats/column-type.ts'
import { agreedForm } from './agreed-form.ts'

/** A column as its table has it; without a type when its values have no text that is shared. */
export interface FoundColumn {
  readonly name: string
  readonly native: string
  readonly type: ColumnType | undefined
}

export interface TableShape {
  /** As messages call it: `production.tasks`. */
  readonly title: string
  readonly writer: FingerprintWriter
  readonly columns: readonly FoundColumn[]
}

/** One column of both tables. */
export interface ColumnPair {
  readonly source: ComparedColumn
  readonly target: ComparedColumn
}

export interface LeftOut {
  readonly column: string
  readonly reason: string
}

export interface MatchedColumns {
  readonly pairs: readonly ColumnPair[]
  readonly key: readonly ColumnPair[]
  readonly leftOut: readonly LeftOut[]
}

export interface Choice {
  /** Names of the source's columns; undefined for all. */
  readonly only: readonly string[] | undefined
  readonly ignored: readonly string[]
  readonly key: readonly string[]
}

/**
 * Pairs columns by name, in the order of the source; a name that is not found as it is written is
 * looked for in any case. What cannot be compared is left out, with the reason.
 * @throws FerryError USAGE (no such column), UNSUPPORTED (a column of the key cannot be compared)
 */
export function matchColumns(
  source: TableShape,
  target: TableShape,
  choice: Choice,
): MatchedColumns {
  const leftOut: LeftOut[] = []
  const pairs: ColumnPair[] = []
  for (const name of [...(choice.only ?? []), ...choice.ignored, ...choice.key]) {
    if (find(source.columns, name) === undefined) {
      throw new FerryError('USAGE', `\`${source.title}\` has no column \`${name}\``, {
        hint: `it has: ${source.columns.map(column => column.name).join(', ')}`,
      })
    }
  }
  const isWanted = ({ name }: FoundColumn): boolean =>
    choice.key.includes(name) ||
    (!choice.ignored.includes(name) && (choice.only === undefined || choice.only.includes(name)))
  for (const column of source.columns.filter(isWanted)) {
    const other = find(target.columns, column.name)
    const pair = pairOf({ source, target }, column, other)
    if (typeof pair === 'string') leftOut.push({ column: column.name, reason: pair })
    else pairs.push(pair)
  }
  if (choice.only === undefined) {
    for (const { name } of target.columns) {
      const isKnown = find(source.columns, name) !== undefined || choice.ignored.includes(name)
      if (!isKnown) leftOut.push({ column: name, reason: `only \`${target.title}\` has it` })
    }
  }
  return { pairs, leftOut, key: choice.key.map(name => keyPair(name, pairs, leftOut)) }
}

function keyPair(
  name: string,
  pairs: readonly ColumnPair[],
  leftOut: readonly LeftOut[],
): ColumnPair {
  const pair = pairs.find(one => one.source.column.name.toLowerCase() === name.toLowerCase())
  if (pair !== undefined) return pair
  const reason = leftOut.find(one => one.column.toLowerCase() === name.toLowerCase())?.reason ?? ''
  throw new FerryError(
    'UNSUPPORTED',
    `\`${name}\` is in the key and cannot be compared: ${reason}`,
    {
      hint: 'choose other columns that tell the rows apart: --key',
    },
  )
}

const find = (columns: readonly FoundColumn[], name: string): FoundColumn | undefined =>
  columns.find(column => column.name === name) ??
  columns.find(column => column.name.toLowerCase() === name.toLowerCase())

/** The pair, or why there is none. */
function pairOf(
  { source, target }: { readonly source: TableShape; readonly target: TableShape },
  column: FoundColumn,
  other: FoundColumn | undefined,
): ColumnPair | string {
  if (other === undefined) return `\`${target.title}\` does not have it`
  if (column.type === undefined) return `the text of a \`${column.native}\` is not the value's own`
  if (other.type === undefined) return `the text of a \`${other.native}\` is not the value's own`
  const form = agreedForm(column.type, other.type)
  if (form === undefined) {
    return `\`${column.native}\` and \`${other.native}\` have no text in common`
  }
  const pair = {
    source: compared(column, column.type, form),
    target: compared(other, other.type, form),
  }
  try {
    source.writer.text(pair.source)
    target.writer.text(pair.target)
  } catch (error) {
    if (error instanceof FerryError && error.code === 'UNSUPPORTED') return error.message
    throw error
  }
  return pair
}

function compared(found: FoundColumn, type: ColumnType, form: ComparedForm): ComparedColumn {
  const column: TableColumn = { name: found.name, type, nullable: true, native: found.native }
  return { column, form }
}
