import type { Client } from 'pg'
import Cursor from 'pg-cursor'
import type { Field } from '../../formats/csv.ts'
import type { FieldDescription } from './types.ts'

/** Values come as the server's own text. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

const FIRST_ROWS = 64
const MAX_ROWS = 4_096
/** What a batch should hold; batches grow and shrink with the width of the rows. */
const BATCH_CHARACTERS = 1_000_000

export interface CursorRows {
  readonly fields: readonly FieldDescription[]
  readonly batches: AsyncIterable<readonly (readonly Field[])[]>
  /** Gives up what was not read; `batches` does so itself once it was begun. */
  readonly close: () => Promise<void>
  /** The command's name and count; known when `batches` was read to its end. */
  readonly outcome: () => { readonly command: string; readonly rowCount: number | null }
}

interface Batch {
  readonly rows: readonly (readonly Field[])[]
  readonly fields: readonly FieldDescription[]
  readonly command: string
  readonly rowCount: number | null
}

/** Runs one statement of any kind and reads its rows batch by batch. */
export async function readWithCursor(client: Client, statement: string): Promise<CursorRows> {
  const cursor = client.query(
    new Cursor<Field[]>(statement, [], { rowMode: 'array', types: AS_TEXT }),
  )
  let batch = await readBatch(cursor, FIRST_ROWS)
  const { fields } = batch
  async function* batches(): AsyncGenerator<readonly (readonly Field[])[], void> {
    let size = FIRST_ROWS
    try {
      while (batch.rows.length > 0) {
        yield batch.rows
        if (batch.rows.length < size) break
        size = nextSize(batch.rows)
        batch = await readBatch(cursor, size)
      }
    } finally {
      await cursor.close()
    }
  }
  return { fields, batches: batches(), close: () => cursor.close(), outcome: () => batch }
}

function readBatch(cursor: Cursor<Field[]>, size: number): Promise<Batch> {
  return new Promise((resolve, reject) => {
    cursor.read(size, (error, rows, result) => {
      if (error) reject(error)
      else {
        const { fields, command, rowCount } = result
        resolve({ rows, fields, command, rowCount })
      }
    })
  })
}

function nextSize(rows: readonly (readonly Field[])[]): number {
  let characters = 1
  for (const row of rows) for (const field of row) characters += field === null ? 0 : field.length
  const fitting = Math.floor((BATCH_CHARACTERS * rows.length) / characters)
  return Math.max(1, Math.min(MAX_ROWS, fitting))
}
