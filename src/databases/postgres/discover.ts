import type { Session } from '../dialect.ts'
import type { DiscoveredTable } from '../source.ts'
import { readAll } from '../read-all.ts'
import { likelyColumns } from '../likely-columns.ts'
import { describeTable } from './describe-table.ts'
import { refuseTooOld } from './oldest-version.ts'

/** Tables that are read as one: ordinary ones and those that have partitions, which are left out. */
const TABLES = `
  SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND has_table_privilege(c.oid, 'SELECT')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

export async function discover(session: Session): Promise<readonly DiscoveredTable[]> {
  const [row] = await readAll(session, `SELECT current_setting('server_version_num')::int`)
  refuseTooOld(Number(row?.[0]))
  const found: DiscoveredTable[] = []
  for (const [schema, name] of await readAll(session, TABLES)) {
    const table = await describeTable(session, { schema: String(schema), name: String(name) })
    found.push({ ...table, ...likelyColumns(table.columns) })
  }
  return found
}
