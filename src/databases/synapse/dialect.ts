import type { Dialect } from '../dialect.ts'
import { openSession } from '../mssql/driver.ts'
import { introspect } from '../mssql/introspect.ts'
import { capabilities } from './capabilities.ts'
import { sql } from './sql.ts'

/** SQL Server's wire and catalog, and SQL of its own. */
export const synapse: Dialect = {
  name: 'synapse',
  sql,
  capabilities,
  introspect,
  open: openSession,
}
