/** Makes the production database as it is when the first night begins. */
import { readFile } from 'node:fs/promises'
import type { Client } from 'pg'
import { copyRows } from './copy.ts'
import type { Company } from './records.ts'
import { TABLES } from './tables.ts'

/** Replaces what is there. Resolves to the rows of each table; all or nothing. */
export async function seed(
  client: Client,
  company: Company,
  time: number,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const names = TABLES.map(table => table.name).join(', ')
  await client.query('begin')
  await client.query(`drop table if exists ${names} cascade`)
  await client.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
  for (const { name, columns, rows } of TABLES) {
    counts[name] = await copyRows(client, name, columns, rows(company, time))
  }
  await client.query(await readFile(new URL('constraints.sql', import.meta.url), 'utf8'))
  await client.query('commit')
  return counts
}
