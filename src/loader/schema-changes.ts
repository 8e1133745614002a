import { FerryError } from '../core/errors.ts'
import type { Column } from '../databases/dialect.ts'
import type { TypeMap } from '../databases/engine.ts'
import { HISTORY_COLUMNS } from '../databases/loading.ts'
import type { ColumnType, TableColumn } from '../formats/column-type.ts'

/** How the columns of a delivery and those of the table that is there go together. */
export interface FittedColumns {
  /** Of the table, as it is to be: its own types where it has the column, and what is added. */
  readonly columns: readonly TableColumn[]
  readonly adds: readonly TableColumn[]
  readonly report: {
    readonly added: readonly string[]
    readonly changed: readonly string[]
    readonly dropped: readonly string[]
  }
}

export interface PresentColumns {
  readonly columns: readonly Column[]
  readonly types: TypeMap
}

/**
 * Fits a delivery's columns to those of the table that is there: `add` adds new ones, `ignore` leaves
 * them out, `fail` wants both to be alike. A column of another type keeps the table's; rows that do
 * not fit it are rejected one by one. A dropped column stays, and is NULL in new rows.
 * @throws FerryError DATA_INVALID
 */
export function fitColumns(
  wanted: readonly TableColumn[],
  { columns: found, types }: PresentColumns,
  policy: 'add' | 'ignore' | 'fail',
): FittedColumns {
  const present = new Map(found.map(column => [column.name, column.type]))
  const fresh = wanted.filter(column => !present.has(column.name))
  const changed: string[] = []
  const kept = wanted.flatMap((column): TableColumn[] => {
    const native = present.get(column.name)
    if (native === undefined) return []
    const written = types.write(column.type)
    if (isSameType(native, written, types)) return [column]
    changed.push(`${column.name}: ${native} in the table, ${written} in the source`)
    const type: ColumnType = types.read(native) ?? { kind: 'other', name: native }
    return [{ ...column, type, native }]
  })
  const wantedNames = new Set(wanted.map(column => column.name))
  const own: readonly string[] = Object.values(HISTORY_COLUMNS)
  const dropped = found
    .map(column => column.name)
    .filter(name => !wantedNames.has(name) && !own.includes(name))
  if (policy === 'fail') refuse(fresh, changed, dropped)
  const adds = policy === 'add' ? fresh : []
  return {
    columns: [...kept, ...adds],
    adds,
    report: { added: fresh.map(column => column.name), changed, dropped },
  }
}

const isSameType = (a: string, b: string, types: TypeMap): boolean =>
  a === b || JSON.stringify(types.read(a)) === JSON.stringify(types.read(b))

function refuse(
  fresh: readonly TableColumn[],
  changed: readonly string[],
  dropped: readonly string[],
): void {
  const findings = [
    ...fresh.map(column => `the column \`${column.name}\` is new in the source`),
    ...changed.map(one => `the column ${one}`),
    ...dropped.map(name => `the column \`${name}\` is not in the source any more`),
  ]
  if (findings.length === 0) return
  throw new FerryError('DATA_INVALID', findings.join('\n'), {
    hint: 'change the table by hand, or set `on_schema_change: add` (load) in ferry.yaml',
  })
}
