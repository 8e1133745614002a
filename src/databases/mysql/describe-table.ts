import { FerryError } from '../../core/errors.ts'
import type { ColumnType, TableColumn } from '../../formats/column-type.ts'
import type { Relation, Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { columnTypes } from './column-types.ts'
import type { ReadingChoices } from './config.ts'
import { isTable } from './introspect.ts'
import { sql } from './sql.ts'
import { plainTypeName } from './type-names.ts'

export const GEOMETRY =
  /^(geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection|geomcollection)$/

/** @throws FerryError INPUT_MISSING (no such table) */
export async function describeTable(
  session: Session,
  relation: Relation,
  choices: ReadingChoices,
): Promise<SourceTable> {
  const rows = await readAll(
    session,
    `SELECT column_name, column_type, is_nullable = 'YES' FROM information_schema.columns
     WHERE ${isTable(relation)} ORDER BY ordinal_position`,
  )
  if (rows.length === 0) {
    const name = sql.relation(relation)
    throw new FerryError('INPUT_MISSING', `there is no table ${name} that this user can see`, {
      hint: 'see what there is: ferry mirror discover',
    })
  }
  const jsonTexts = await checkedJson(session, relation)
  const columns: TableColumn[] = []
  const refused: { name: string; native: string }[] = []
  for (const [columnName, columnTypeName, isNullable] of rows) {
    const name = String(columnName)
    const isJson = jsonTexts.has(name) && columnTypeName === 'longtext'
    const native = isJson ? 'json' : plainTypeName(String(columnTypeName))
    const type = typeOf(native, choices)
    if (type === undefined) refused.push({ name, native })
    else columns.push({ name, type, nullable: isNullable === 1, native })
  }
  return {
    relation,
    columns,
    refused,
    key: await keyOf(session, relation),
    estimatedRows: await estimatedRows(session, relation),
  }
}

function typeOf(native: string, choices: ReadingChoices): ColumnType | undefined {
  if (GEOMETRY.test(native)) return choices.geometry === 'text' ? { kind: 'text' } : undefined
  const type = columnTypes.read(native)
  if (type?.kind === 'time' && choices.time === 'interval') return { kind: 'interval' }
  return type
}

/** JSON of MariaDB: long texts that are checked. MySQL has a type of its own, and these checks do no harm. */
async function checkedJson(session: Session, relation: Relation): Promise<ReadonlySet<string>> {
  const [[isMariadb] = []] = await readAll(session, `SELECT version() LIKE '%MariaDB%'`)
  if (isMariadb !== 1) return new Set()
  const where = isTable(relation).replace('table_schema', 'constraint_schema')
  const rows = await readAll(
    session,
    `SELECT check_clause FROM information_schema.check_constraints WHERE ${where}`,
  )
  const names = rows.flatMap(
    ([clause]) => /^json_valid\(`(.*)`\)$/s.exec(String(clause))?.[1]?.replaceAll('``', '`') ?? [],
  )
  return new Set(names)
}

/** The primary key, else the unique index of the fewest columns, none of which holds NULLs. */
async function keyOf(session: Session, relation: Relation): Promise<readonly string[]> {
  const rows = await readAll(
    session,
    `SELECT index_name, column_name, nullable = 'YES' OR sub_part IS NOT NULL OR column_name IS NULL
     FROM information_schema.statistics WHERE ${isTable(relation)} AND non_unique = 0
     ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index`,
  )
  const indexes = new Map<string, { columns: string[]; isKey: boolean }>()
  for (const [indexName, column, isNoKey] of rows) {
    const name = String(indexName)
    const index = indexes.get(name) ?? { columns: [], isKey: true }
    index.columns.push(String(column))
    if (isNoKey === 1 && name !== 'PRIMARY') index.isKey = false
    indexes.set(name, index)
  }
  const primary = indexes.get('PRIMARY')
  if (primary !== undefined) return primary.columns
  const keys = [...indexes.values()].filter(index => index.isKey)
  return keys.toSorted((a, b) => a.columns.length - b.columns.length)[0]?.columns ?? []
}

async function estimatedRows(session: Session, relation: Relation): Promise<number> {
  const [row] = await readAll(
    session,
    `SELECT coalesce(table_rows, 0) FROM information_schema.tables WHERE ${isTable(relation)}`,
  )
  return Number(row?.[0] ?? 0)
}
