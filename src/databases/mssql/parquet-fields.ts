import { FerryError } from '../../core/errors.ts'
import type { Field } from '../../formats/csv.ts'
import type { WireColumn } from './result-columns.ts'

type Rows = readonly (readonly Field[])[]

/**
 * Parquet keeps microseconds, SQL Server tenths of them: a value that has such a tenth is refused.
 * @throws FerryError DATA_INVALID
 */
export async function* parquetFields(
  columns: readonly WireColumn[],
  batches: AsyncIterable<Rows>,
): AsyncGenerator<Rows, void> {
  const finer = [...columns.keys()].filter(
    index => columns[index]?.scale === 7 && isMoment(columns[index]),
  )
  for await (const rows of batches) {
    for (const row of rows) {
      for (const index of finer) {
        const text = row[index]
        if (text === null || text === undefined || !/\.\d{7}/.test(text)) continue
        const name = columns[index]?.colName ?? ''
        throw new FerryError('DATA_INVALID', `not for Parquet: \`${text}\` in \`${name}\``, {
          hint: 'cast the column to datetime2(6), or to text',
        })
      }
    }
    yield rows
  }
}

const isMoment = (column: WireColumn): boolean => /^(Time|DateTime)/.test(column.type.name)
