import { FerryError } from '../../core/errors.ts'
import type { Relation, SqlWriter, Value } from '../dialect.ts'
import { standardSql } from '../standard-sql.ts'

/** Beside the live relation while it is exchanged. */
const OLD = '__ferry_old'
const LONGEST_NAME = 64

export const sql: SqlWriter = {
  identifier,
  relation,
  literal,
  moment: text => literal(text),
  createSchema: schema => `CREATE DATABASE IF NOT EXISTS ${identifier(schema)}`,
  createTableAs: (table, query) => `CREATE TABLE ${relation(table)} AS\n${query}`,
  dropTable: table => `DROP TABLE IF EXISTS ${relation(table)}`,
  createOrReplaceView: (view, query) => `CREATE OR REPLACE VIEW ${relation(view)} AS\n${query}`,
  createTemporaryTableAs: (name, query) =>
    `CREATE TEMPORARY TABLE ${identifier(name)} AS\n${query}`,
  minusSeconds: (expression, seconds) => `(${expression} - INTERVAL ${seconds} SECOND)`,
  analyze: table => [`ANALYZE TABLE ${relation(table)}`],
  // Each statement commits by itself; RENAME of two names is one change to all who read.
  replaceWithTable: ({ live, was, build }) => exchange(live, was, build),
  replaceWithView: ({ live, was, query }) => {
    if (was !== 'table') return [sql.createOrReplaceView(live, query)]
    const build = { ...live, name: beside(live.name, '__ferry_new') }
    return [sql.createOrReplaceView(build, query), ...exchange(live, was, build)]
  },
  readInStoredOrder: [], // InnoDB reads in the order of the key: of a table without one, as written
  lexicon: {
    dollarQuotes: false,
    backslashEscapes: true,
    nestedComments: false,
    stringQuotes: `'"`,
    mysqlComments: true,
    identifierQuotes: { '`': '`' },
  },
}

function exchange(live: Relation, was: 'table' | 'view' | undefined, build: Relation) {
  if (was === undefined) return [`RENAME TABLE ${relation(build)} TO ${relation(live)}`]
  const old = { ...live, name: beside(live.name, OLD) }
  return [
    `DROP TABLE IF EXISTS ${relation(old)}`, // of an exchange that was cut off
    `DROP VIEW IF EXISTS ${relation(old)}`,
    `RENAME TABLE ${relation(live)} TO ${relation(old)}, ${relation(build)} TO ${relation(live)}`,
    `DROP ${was.toUpperCase()} ${relation(old)}`,
  ]
}

const beside = (name: string, suffix: string): string =>
  name.slice(0, LONGEST_NAME - suffix.length) + suffix

function identifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new FerryError('USAGE', `\`${name}\` cannot be the name of a table or a column`)
  }
  return `\`${name.replaceAll('`', '``')}\``
}

function relation({ schema, name }: Relation): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`
}

/** Sessions of Ferry take a backslash for an escape, whatever the server is set to. */
function literal(value: Value | Date): string {
  if (value instanceof Date) {
    return standardSql.literal(value).replace(/^TIMESTAMPTZ '(.*)\+00'$/, "TIMESTAMP '$1'")
  }
  if (typeof value !== 'string') return standardSql.literal(value)
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`
}
