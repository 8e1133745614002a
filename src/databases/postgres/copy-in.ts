import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * Streams bytes into a `COPY ... FROM STDIN`; the server takes them as fast as it can. Resolves to the
 * rows that it counted. An error of the source ends the statement, which spoils an open transaction.
 */
export async function copyIn(
  client: Client,
  statement: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  const copy = client.query(copyFrom(statement))
  await pipeline(Readable.from(bytes, { objectMode: false }), copy)
  return copy.rowCount
}
