import { FerryError } from '../../core/errors.ts'
import type { Relation, Replacement, SqlWriter, Value } from '../dialect.ts'
import { standardSql } from '../standard-sql.ts'
import { selectInto } from './select-into.ts'

export const sql: SqlWriter = {
  identifier,
  relation,
  literal,
  // Compared with a plain text, an old `datetime` would read it by the language of the login, and refuse
  // more than three digits.
  moment: text => `CAST(${literal(text)} AS datetime2(6))`,
  // Two may do this at once: who comes second finds it there.
  createSchema: schema =>
    unlessThere(
      `SCHEMA_ID(${literal(schema)})`,
      `EXEC(${literal(`CREATE SCHEMA ${identifier(schema)}`)})`,
    ),
  createTableAs: (table, query) => selectInto(query, relation(table)),
  dropTable: table => dropIfThere('TABLE', table),
  createOrReplaceView: (view, query) => `CREATE OR ALTER VIEW ${relation(view)} AS\n${query}`,
  // It is found as `#name`.
  createTemporaryTableAs: (name, query) => selectInto(query, identifier(`#${name}`)),
  minusSeconds: (expression, seconds) => `DATEADD(second, -${seconds}, ${expression})`,
  analyze: table => [`UPDATE STATISTICS ${relation(table)}`],
  // Names change within the transaction; views find their tables by name, when they are read.
  replaceWithTable: ({ live, build, was }) => [
    ...drop(live, was),
    `EXEC sp_rename ${literal(relation(build))}, ${literal(live.name)}`,
  ],
  replaceWithView: ({ live, was, query }) => [
    ...(was === 'table' ? drop(live, was) : []),
    sql.createOrReplaceView(live, query),
  ],
  readInStoredOrder: [], // no order is promised of a heap; a plan of one thread reads it as written
  lexicon: {
    dollarQuotes: false,
    backslashEscapes: false,
    nestedComments: true,
    stringQuotes: "'",
    mysqlComments: false,
    identifierQuotes: { '"': '"', '[': ']' },
  },
}

/** Runs a statement when an expression is NULL; when another was quicker, that is no failure. */
export function unlessThere(expression: string, statement: string): string {
  const attempt = `IF ${expression} IS NULL ${statement}`
  return `BEGIN TRY ${attempt} END TRY\nBEGIN CATCH ${attempt} END CATCH`
}

/** In words that Synapse takes too, which has no DROP TABLE IF EXISTS. */
export function dropIfThere(kind: 'TABLE' | 'VIEW', what: Relation): string {
  const isTemporary = what.schema === undefined && what.name.startsWith('#')
  const name = literal(`${isTemporary ? 'tempdb..' : ''}${relation(what)}`)
  return `IF OBJECT_ID(${name}, N'${kind === 'TABLE' ? 'U' : 'V'}') IS NOT NULL DROP ${kind} ${relation(what)}`
}

export const drop = (what: Relation, kind: Replacement['was']): readonly string[] =>
  kind === undefined ? [] : [`DROP ${kind.toUpperCase()} ${relation(what)}`]

function identifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new FerryError('USAGE', `\`${name}\` cannot be the name of a table or a column`)
  }
  return `[${name.replaceAll(']', ']]')}]`
}

function relation({ schema, name }: Relation): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`
}

function literal(value: Value | Date): string {
  if (typeof value === 'string') return `N${standardSql.literal(value)}`
  if (typeof value === 'boolean') return `CAST(${value ? 1 : 0} AS bit)`
  if (value instanceof Date) {
    return standardSql
      .literal(value)
      .replace(/^DATE ('.*')$/, 'CAST($1 AS date)')
      .replace(/^TIMESTAMPTZ '(.*)\+00'$/, "CAST('$1+00:00' AS datetimeoffset)")
  }
  return standardSql.literal(value)
}
