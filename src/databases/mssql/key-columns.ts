import type { Relation } from '../dialect.ts'
import { sql } from './sql.ts'

/**
 * A query of the names of the primary key's columns, else of those of the unique index of the fewest
 * columns, none of which holds NULLs; in order.
 */
export function keyColumns(relation: Relation): string {
  const id = `OBJECT_ID(${sql.literal(sql.relation(relation))})`
  return `SELECT c.name FROM sys.index_columns AS k
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE k.object_id = ${id} AND k.is_included_column = 0 AND k.key_ordinal > 0 AND k.index_id = (
  SELECT TOP (1) i.index_id FROM sys.indexes AS i
  WHERE i.object_id = ${id} AND i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0
    AND NOT EXISTS (SELECT 1 FROM sys.index_columns AS n
      JOIN sys.columns AS m ON m.object_id = n.object_id AND m.column_id = n.column_id
      WHERE n.object_id = i.object_id AND n.index_id = i.index_id
        AND n.is_included_column = 0 AND m.is_nullable = 1)
  ORDER BY CASE WHEN i.is_primary_key = 1 THEN 0 ELSE 1 END, (
    SELECT COUNT(*) FROM sys.index_columns AS n
    WHERE n.object_id = i.object_id AND n.index_id = i.index_id AND n.is_included_column = 0), i.index_id)
ORDER BY k.key_ordinal`
}
