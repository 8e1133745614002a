import { FerryError } from '../../core/errors.ts'
import type { ColumnType, TableColumn } from '../../formats/column-type.ts'
import type { Relation, Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { columnTypes } from './column-types.ts'
import { keyColumns } from './key-columns.ts'
import type { ReadingChoices } from './reading-choices.ts'
import { sql } from './sql.ts'
import { declaredType } from './type-names.ts'

export const objectId = (relation: Relation): string =>
  `OBJECT_ID(${sql.literal(sql.relation(relation))})`

/** @throws FerryError INPUT_MISSING (no such table) */
export async function describeTable(
  session: Session,
  relation: Relation,
  choices: ReadingChoices,
): Promise<SourceTable> {
  const rows = await readAll(session, columnsOf(relation))
  if (rows.length === 0) {
    const name = sql.relation(relation)
    throw new FerryError('INPUT_MISSING', `there is no table ${name} that this user can see`, {
      hint: 'see what there is: ferry mirror discover',
    })
  }
  const columns: TableColumn[] = []
  const refused: { name: string; native: string }[] = []
  for (const [columnName, typeName, maxLength, precision, scale, isNullable, isMasked] of rows) {
    const name = String(columnName)
    const native = declaredType(String(typeName), {
      maxLength: Number(maxLength),
      precision: Number(precision),
      scale: Number(scale),
    })
    const type = typeOf(native, choices)
    // What is masked from this user would arrive as something that it is not.
    if (isMasked === 1) refused.push({ name, native: `${native} MASKED` })
    else if (type === undefined) refused.push({ name, native })
    else columns.push({ name, type, nullable: isNullable === true, native })
  }
  const keys = await readAll(session, keyColumns(relation))
  return {
    relation,
    columns,
    refused,
    key: keys.map(([name]) => String(name)),
    estimatedRows: await estimatedRows(session, relation),
  }
}

/** A type that a user named after one of the server's is that one. */
const columnsOf = (relation: Relation): string =>
  `SELECT c.name, COALESCE(b.name, t.name), c.max_length, c.precision, c.scale, c.is_nullable,
     CASE WHEN c.is_masked = 1 AND HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'UNMASK') = 0 THEN 1 ELSE 0 END
   FROM sys.columns AS c
   JOIN sys.types AS t ON t.user_type_id = c.user_type_id
   LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id AND t.is_assembly_type = 0
   WHERE c.object_id = ${objectId(relation)} ORDER BY c.column_id`

/** Seven digits are more than others keep: of the time, or of text (reading-choices.ts). */
function typeOf(native: string, choices: ReadingChoices): ColumnType | undefined {
  const type = columnTypes.read(native)
  if (type?.kind !== 'time' && type?.kind !== 'timestamp') return type
  if (native.startsWith('datetimeoffset') && choices.offset === 'text') return { kind: 'text' }
  if ((type.digits ?? 0) <= 6) return type
  return choices.seventhDigit === 'text' ? { kind: 'text' } : { ...type, digits: 6 }
}

async function estimatedRows(session: Session, relation: Relation): Promise<number> {
  const [row] = await readAll(
    session,
    `SELECT COALESCE(SUM(rows), 0) FROM sys.partitions
     WHERE object_id = ${objectId(relation)} AND index_id IN (0, 1)`,
  )
  return Number(row?.[0] ?? 0)
}
