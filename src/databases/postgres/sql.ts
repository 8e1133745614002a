import type { SqlWriter } from '../dialect.ts'
import { replaceRelation, replaceView } from './replace-relation.ts'
import { standardSql } from '../standard-sql.ts'

export const sql: SqlWriter = {
  ...standardSql,
  analyze: table => [`ANALYZE ${standardSql.relation(table)}`],
  replaceWithTable: ({ live, build }) => [
    replaceRelation(
      live,
      'TABLE',
      `ALTER TABLE ${standardSql.relation(build)} RENAME TO ${standardSql.identifier(live.name)}`,
    ),
  ],
  replaceWithView: ({ live, query }) => [replaceView(live, query)],
  // A scan may begin in the middle of a table that others read, or be done by several processes.
  readInStoredOrder: [
    'SET LOCAL synchronize_seqscans = off',
    'SET LOCAL max_parallel_workers_per_gather = 0',
  ],
  lexicon: {
    dollarQuotes: true,
    backslashEscapes: false,
    nestedComments: true,
    stringQuotes: "'",
    mysqlComments: false,
    identifierQuotes: { '"': '"' },
  },
}
