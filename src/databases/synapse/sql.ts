import type { Relation, SqlWriter } from '../dialect.ts'
import { drop, sql as mssql } from '../mssql/sql.ts'

const { identifier, literal, relation } = mssql

/** Beside the live relation while it is exchanged. */
const OLD = '__ferry_old'

/**
 * Azure Synapse, dedicated SQL pool: T-SQL without `SELECT INTO`'s choices and without CREATE OR ALTER;
 * tables are distributed; names change by RENAME OBJECT, and nothing of it is part of a transaction.
 */
export const sql: SqlWriter = {
  ...mssql,
  createTableAs: (table, query) =>
    `CREATE TABLE ${relation(table)}\nWITH (DISTRIBUTION = ROUND_ROBIN, CLUSTERED COLUMNSTORE INDEX)\nAS ${query}`,
  createOrReplaceView: (view, query) => {
    const body = `VIEW ${relation(view)} AS\n${query}`
    return `IF OBJECT_ID(${literal(relation(view))}, N'V') IS NULL EXEC(${literal(`CREATE ${body}`)}) ELSE EXEC(${literal(`ALTER ${body}`)})`
  },
  createTemporaryTableAs: (name, query) =>
    `CREATE TABLE ${identifier(`#${name}`)}\nWITH (DISTRIBUTION = ROUND_ROBIN, HEAP)\nAS ${query}`,
  // Two renames, a moment apart: a reader between them is told that there is no such table.
  replaceWithTable: ({ live, build, was }) => {
    if (was === undefined) return [renameObject(build, live.name)]
    if (was === 'view') return [...drop(live, was), renameObject(build, live.name)]
    const old = { ...live, name: OLD + live.name.slice(0, 128 - OLD.length) }
    return [
      mssql.dropTable(old), // of an exchange that was cut off
      renameObject(live, old.name),
      renameObject(build, live.name),
      ...drop(old, 'table'),
    ]
  },
  replaceWithView: ({ live, was, query }) => [
    ...(was === 'table' ? drop(live, was) : []),
    sql.createOrReplaceView(live, query),
  ],
}

const renameObject = (table: Relation, name: string): string =>
  `RENAME OBJECT ${relation(table)} TO ${identifier(name)}`
