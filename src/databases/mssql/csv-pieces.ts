import { csvLine, type Field } from '../../formats/csv.ts'
import type { RowPiece } from '../source.ts'

/** How a value that the driver read becomes text. */
export type ReadField = (value: unknown) => Field

/** Rows as CSV, a piece a batch. `onRows` is told of those that were put into a piece. */
export async function* csvPieces(
  batches: AsyncIterable<readonly (readonly unknown[])[]>,
  readers: readonly ReadField[],
  onRows: (rows: number) => void,
): AsyncGenerator<RowPiece, void> {
  for await (const rows of batches) {
    let text = ''
    for (const row of rows) {
      text += csvLine(
        readers.map((read, index) => read(row[index])),
        ',',
      )
    }
    onRows(rows.length)
    yield { bytes: Buffer.from(text), rows: rows.length }
  }
}
