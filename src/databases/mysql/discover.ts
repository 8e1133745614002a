import type { Session } from '../dialect.ts'
import { likelyColumns } from '../likely-columns.ts'
import { readAll } from '../read-all.ts'
import type { DiscoveredTable } from '../source.ts'
import type { ReadingChoices } from './config.ts'
import { describeTable } from './describe-table.ts'
import { SYSTEM_SCHEMAS } from './introspect.ts'

/** Of the URL's database, or of all where it names none. */
const TABLES = `
  SELECT table_schema, table_name FROM information_schema.tables
  WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND table_schema NOT IN ${SYSTEM_SCHEMAS}
    AND table_schema = coalesce(database(), table_schema)
  ORDER BY BINARY table_schema, BINARY table_name`

/** Nothing is read yet: what can be taken over at all is. */
const CHOICES: ReadingChoices = { zeroDates: 'refuse', time: 'time', geometry: 'refuse' }

export async function discover(session: Session): Promise<readonly DiscoveredTable[]> {
  const found: DiscoveredTable[] = []
  for (const [schema, name] of await readAll(session, TABLES)) {
    const relation = { schema: String(schema), name: String(name) }
    const table = await describeTable(session, relation, CHOICES)
    found.push({ ...table, ...likelyColumns(table.columns) })
  }
  return found
}
