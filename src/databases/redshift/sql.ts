import type { Relation, Replacement, SqlWriter } from '../dialect.ts'
import { standardSql } from '../standard-sql.ts'

const { identifier, relation } = standardSql

/**
 * PostgreSQL's words where Redshift has them. A backslash escapes in its strings, as in PostgreSQL before
 * version 9.1. Views are tied to tables, unless they were made WITH NO SCHEMA BINDING: a table that such
 * a view is on is not dropped, and the statement fails with the view's name.
 */
export const sql: SqlWriter = {
  ...standardSql,
  literal: value => {
    if (typeof value !== 'string') return standardSql.literal(value)
    return standardSql.literal(value).replaceAll('\\', '\\\\')
  },
  analyze: table => [`ANALYZE ${relation(table)}`],
  replaceWithTable: ({ live, build, was }) => [
    ...drop(live, was),
    `ALTER TABLE ${relation(build)} RENAME TO ${identifier(live.name)}`,
  ],
  replaceWithView: ({ live, was, query }) => [
    ...(was === 'table' ? drop(live, was) : []),
    standardSql.createOrReplaceView(live, query),
  ],
  readInStoredOrder: [], // rows have no order but that of a sort key
  lexicon: {
    dollarQuotes: true,
    backslashEscapes: true,
    nestedComments: true,
    stringQuotes: "'",
    mysqlComments: false,
    identifierQuotes: { '"': '"' },
  },
}

const drop = (what: Relation, kind: Replacement['was']): readonly string[] =>
  kind === undefined ? [] : [`DROP ${kind.toUpperCase()} ${relation(what)}`]
