import { FerryError } from '../core/errors.ts'
import type { ResultSet, Row } from '../databases/dialect.ts'
import type { ResultRow } from '../templates/render.ts'

/** Rows of one result as objects by column name, for `after()`. */
export interface RowCollector {
  /** Passes a result on unchanged and keeps its rows; those of an earlier result are forgotten. */
  collect(result: ResultSet): ResultSet
  /** Of the last result that had columns; empty when there was none. */
  rows(): readonly ResultRow[]
}

/** @param maxRows more than these are refused with DATA_INVALID: they are held in memory */
export function createRowCollector(maxRows: number): RowCollector {
  let kept: ResultRow[] = []
  async function* collected({ columns, batches }: ResultSet): AsyncGenerator<readonly Row[], void> {
    for await (const rows of batches) {
      if (kept.length + rows.length > maxRows) throw tooMany(maxRows)
      for (const row of rows) {
        kept.push(Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])))
      }
      yield rows
    }
  }
  return {
    collect(result) {
      if (result.columns.length === 0) return result
      kept = []
      return { columns: result.columns, batches: collected(result) }
    },
    rows: () => kept,
  }
}

function tooMany(maxRows: number): FerryError {
  return new FerryError('DATA_INVALID', `more than ${maxRows} rows for its after()`, {
    hint: 'aggregate in SQL, or raise --after-rows',
    details: { maxRows },
  })
}
