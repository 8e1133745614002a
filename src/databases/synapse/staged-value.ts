import type { TableColumn } from '../../formats/column-type.ts'
import { columnTypes } from '../mssql/column-types.ts'
import { sql } from '../mssql/sql.ts'

/**
 * The field that stands for NULL in the parts: COPY INTO has no way to tell NULL from an empty text, so
 * that rows are staged as texts, and become what they are when they are taken from there.
 */
export const NULL_TEXT = '\\N'

/** Texts of a column as it is staged: long ones take a type that is slower. */
export function stagedType(column: TableColumn): string {
  const { kind } = column.type
  if (kind === 'text' || kind === 'json' || kind === 'other' || kind === 'bytes') {
    const type = columnTypes.write(column.type)
    const units = Number(/^nvarchar\((\d+)\)$/.exec(type)?.[1] ?? Infinity)
    return units <= 4_000 ? `nvarchar(${Math.max(units, NULL_TEXT.length)})` : 'nvarchar(max)'
  }
  return 'nvarchar(100)'
}

/** The value of a staged text, of its own type. */
export function stagedValue(column: TableColumn): string {
  const name = sql.identifier(column.name)
  const text = `NULLIF(${name}, N'${NULL_TEXT}')`
  const type = columnTypes.write(column.type)
  switch (column.type.kind) {
    case 'boolean':
      return `CAST(CASE ${name} WHEN N't' THEN 1 WHEN N'f' THEN 0 END AS bit)`
    case 'bytes':
      return `CONVERT(${type}, SUBSTRING(${text}, 3, 2147483647), 2)`
    case 'timestamp':
      if (!column.type.zone) return `CAST(${text} AS ${type})`
      return `CAST(REPLACE(${text}, N'+00', N'+00:00') AS ${type})`
    default:
      return type.startsWith('nvarchar') && column.type.kind === 'text'
        ? text
        : `CAST(${text} AS ${type})`
  }
}
