import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export interface Difference {
  /** Rows of the files. */
  readonly rows: number
  /** Rows that only the files have, as text. */
  readonly unexpected: readonly string[]
  /** Rows that only the query has, as text. */
  readonly missing: readonly string[]
}

/**
 * Lets PostgreSQL itself read CSV files (packed when they end in .zst) and compare them, row by row,
 * with what a query finds in its own tables. The query's columns give the files' their types.
 */
export async function compareWithQuery(
  client: Client,
  paths: readonly string[],
  query: string,
): Promise<Difference> {
  await client.query('begin')
  try {
    await client.query(`create temporary table expected on commit drop as ${query}`)
    await client.query('create temporary table found (like expected) on commit drop')
    let rows = 0
    for (const path of paths) {
      const target = client.query(copyFrom('copy found from stdin with (format csv, header match)'))
      const source = createReadStream(path)
      await (path.endsWith('.zst')
        ? pipeline(source, createZstdDecompress(), target)
        : pipeline(source, target))
      rows += target.rowCount
    }
    return {
      rows,
      unexpected: await onlyIn(client, 'found', 'expected'),
      missing: await onlyIn(client, 'expected', 'found'),
    }
  } finally {
    await client.query('rollback')
  }
}

async function onlyIn(client: Client, one: string, other: string): Promise<string[]> {
  const query = `select rest::text from (table ${one} except all table ${other}) as rest limit 5`
  const { rows } = await client.query<{ rest: string }>(query)
  return rows.map(row => row.rest)
}
