import type { Relation, Replacement, SqlWriter } from '../dialect.ts'
import { standardSql } from '../standard-sql.ts'

export const sql: SqlWriter = {
  ...standardSql,
  analyze: () => [],
  // DROP and RENAME are part of the transaction; views find their tables by name, when they are read.
  replaceWithTable: ({ live, build, was }) => [
    ...drop(live, was),
    `ALTER TABLE ${standardSql.relation(build)} RENAME TO ${standardSql.identifier(live.name)}`,
  ],
  replaceWithView: ({ live, was, query }) => [
    ...(was === 'table' ? drop(live, was) : []),
    standardSql.createOrReplaceView(live, query),
  ],
  readInStoredOrder: [], // DuckDB keeps the order of insertion (preserve_insertion_order)
  lexicon: {
    dollarQuotes: true,
    backslashEscapes: false,
    nestedComments: false,
    stringQuotes: "'",
    mysqlComments: false,
    identifierQuotes: { '"': '"' },
  },
}

const drop = (relation: Relation, kind: Replacement['was']): readonly string[] =>
  kind === undefined ? [] : [`DROP ${kind.toUpperCase()} ${standardSql.relation(relation)}`]
