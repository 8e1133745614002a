import type { Dialect } from '../dialect.ts'
import { capabilities } from './capabilities.ts'
import { openSession } from './driver.ts'
import { introspect } from './introspect.ts'
import { sql } from './sql.ts'

export const mssql: Dialect = {
  name: 'mssql',
  sql,
  capabilities,
  introspect,
  open: openSession,
}
