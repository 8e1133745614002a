/** Rows on their way into PostgreSQL, in the text form of COPY. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Cell, Row } from './tables.ts'

const CHUNK_CHARACTERS = 256 * 1024
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
}

/** Resolves to the number of rows. */
export async function copyRows(
  client: Client,
  table: string,
  columns: readonly string[],
  rows: Iterable<Row>,
): Promise<number> {
  const target = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`))
  await pipeline(Readable.from(chunks(rows)), target)
  return target.rowCount
}

function* chunks(rows: Iterable<Row>): Iterable<string> {
  let text = ''
  for (const row of rows) {
    text += `${row.map(encode).join('\t')}\n`
    if (text.length < CHUNK_CHARACTERS) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

function encode(cell: Cell): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'boolean') return cell ? 't' : 'f'
  return String(cell).replaceAll(/[\\\t\n\r]/g, character => ESCAPES[character] ?? '')
}
