import { FerryError } from '../../core/errors.ts'
import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation, Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { columnTypes } from './column-types.ts'
import { sql } from './sql.ts'

/** Columns of a relation with their types; a domain is told by what it is of. */
const columnsOf = (relation: string): string => `
  WITH RECURSIVE base AS (
    SELECT a.attnum, a.attname, a.attnotnull, t.typtype, t.typbasetype, t.typtypmod,
      a.atttypid AS type, a.atttypmod AS modifier
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = ${relation} AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attnum, b.attname, b.attnotnull, t.typtype, t.typbasetype, t.typtypmod,
      b.typbasetype, b.typtypmod
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
    WHERE b.typtype = 'd'
  )
  SELECT attname, pg_catalog.format_type(type, modifier), attnotnull
  FROM base WHERE typtype <> 'd' ORDER BY attnum`

/** The primary key, else the smallest unique index over columns that hold no NULL. */
const keyOf = (relation: string): string => `
  SELECT a.attname
  FROM (
    SELECT i.indexrelid, i.indrelid, i.indkey, i.indnkeyatts
    FROM pg_catalog.pg_index i
    WHERE i.indrelid = ${relation} AND i.indisunique AND i.indisvalid AND i.indimmediate
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = i.indrelid AND NOT n.attnotnull
          AND n.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
    ORDER BY NOT i.indisprimary, i.indnkeyatts, i.indexrelid
    LIMIT 1
  ) k
  CROSS JOIN LATERAL unnest((k.indkey::int2[])[0:k.indnkeyatts - 1]) WITH ORDINALITY AS c(attnum, place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = k.indrelid AND a.attnum = c.attnum
  ORDER BY c.place`

/** @throws FerryError INPUT_MISSING (no such table) */
export async function describeTable(session: Session, relation: Relation): Promise<SourceTable> {
  const name = sql.relation(relation)
  const id = `pg_catalog.to_regclass(${sql.literal(name)})`
  const [found] = await readAll(
    session,
    `SELECT ${id} IS NOT NULL, coalesce((SELECT sum(greatest(reltuples, 0))::bigint
     FROM pg_catalog.pg_class WHERE oid = ${id} OR oid IN (
       SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = ${id})), 0)`,
  )
  if (found?.[0] !== true) {
    throw new FerryError('INPUT_MISSING', `there is no table \`${name}\` that this user can see`, {
      hint: 'see what there is: ferry mirror discover',
    })
  }
  const columns: TableColumn[] = []
  const refused: { name: string; native: string }[] = []
  for (const [columnName, nativeName, isNotNull] of await readAll(session, columnsOf(id))) {
    const [column, native] = [String(columnName), String(nativeName)]
    const type = columnTypes.read(native)
    if (type === undefined) refused.push({ name: column, native })
    else columns.push({ name: column, type, nullable: isNotNull !== true, native })
  }
  const key = (await readAll(session, keyOf(id))).map(([column]) => String(column))
  return { relation, columns, refused, key, estimatedRows: Number(found[1]) }
}
