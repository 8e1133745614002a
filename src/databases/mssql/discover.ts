import type { Session } from '../dialect.ts'
import { likelyColumns } from '../likely-columns.ts'
import { readAll } from '../read-all.ts'
import type { DiscoveredTable } from '../source.ts'
import { describeTable } from './describe-table.ts'
import { PLAIN_CHOICES } from './reading-choices.ts'

/** Tables that a user made; not the history behind one that keeps its own. */
const TABLES = `SELECT s.name, t.name FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
  WHERE t.is_ms_shipped = 0 AND t.temporal_type <> 1
  ORDER BY s.name COLLATE Latin1_General_BIN2, t.name COLLATE Latin1_General_BIN2`

export async function discover(session: Session): Promise<readonly DiscoveredTable[]> {
  const found: DiscoveredTable[] = []
  for (const [schema, name] of await readAll(session, TABLES)) {
    const relation = { schema: String(schema), name: String(name) }
    const table = await describeTable(session, relation, PLAIN_CHOICES)
    found.push({ ...table, ...likelyColumns(table.columns) })
  }
  return found
}
