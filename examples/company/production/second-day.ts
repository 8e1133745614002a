/** What people do between the two nights: new rows, changed rows and, above all, deleted rows. */
import type { Client } from 'pg'
import { copyRows } from './copy.ts'
import type { Company } from './records.ts'
import { type Row, type Table, TABLES } from './tables.ts'

export interface Changes {
  inserted: number
  updated: number
  /** Those that went with their list, task or owner are counted too. */
  deleted: number
}

interface Difference {
  readonly table: Table
  readonly inserted: readonly Row[]
  readonly updated: readonly Row[]
  readonly deleted: readonly number[]
}

/** Takes the database from one moment to a later one. Resolves to the counts; all or nothing. */
export async function liveOn(
  client: Client,
  company: Company,
  from: number,
  to: number,
): Promise<Changes> {
  const differences = TABLES.map(table => compare(table, company, from, to))
  const changes: Changes = { inserted: 0, updated: 0, deleted: 0 }
  await client.query('begin')
  for (const { table, deleted } of differences) {
    // whatever hangs on these rows goes with them, as it would in the app
    await client.query(`delete from ${table.name} where id = any($1)`, [deleted])
    changes.deleted += deleted.length
  }
  for (const { table, inserted, updated } of differences) {
    changes.inserted += await copyRows(client, table.name, table.columns, inserted)
    await update(client, table, updated)
    changes.updated += updated.length
  }
  await client.query('commit')
  return changes
}

/** Walks both moments side by side: rows come in the order of their ids. */
function compare(table: Table, company: Company, from: number, to: number): Difference {
  const difference = { table, inserted: [] as Row[], updated: [] as Row[], deleted: [] as number[] }
  const before = table.rows(company, from)[Symbol.iterator]()
  let old = before.next()
  for (const row of table.rows(company, to)) {
    for (; !old.done && idOf(old.value) < idOf(row); old = before.next()) {
      difference.deleted.push(idOf(old.value))
    }
    if (old.done || idOf(old.value) > idOf(row)) {
      difference.inserted.push(row)
      continue
    }
    const same = old.value
    if (row.some((cell, index) => cell !== same[index])) difference.updated.push(row)
    old = before.next()
  }
  for (; !old.done; old = before.next()) difference.deleted.push(idOf(old.value))
  return difference
}

function idOf(row: Row): number {
  return Number(row[0])
}

async function update(client: Client, table: Table, rows: readonly Row[]): Promise<void> {
  const { name, columns } = table
  await client.query(`create temporary table changed (like ${name}) on commit drop`)
  await copyRows(client, 'changed', columns, rows)
  const values = columns.map(column => `${column} = changed.${column}`).join(', ')
  await client.query(`update ${name} set ${values} from changed where changed.id = ${name}.id`)
  await client.query('drop table changed')
}
