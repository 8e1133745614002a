import { FerryError } from '../../core/errors.ts'
import type { TableColumn } from '../../formats/column-type.ts'
import type { TableDesign } from '../loading.ts'
import { columnTypes } from './column-types.ts'
import { sql } from './sql.ts'

/** A column's definition, with its encoding if ferry.yaml says one. */
export function definition(column: TableColumn, { key, compression }: TableDesign): string {
  const encoding = compression?.[column.name]
  if (encoding !== undefined && !/^\w+$/.test(encoding)) {
    throw new FerryError('UNSUPPORTED', `\`${encoding}\` is no encoding of Redshift`)
  }
  const encode = encoding === undefined ? '' : ` ENCODE ${encoding.toLowerCase()}`
  const notNull = key.includes(column.name) ? ' NOT NULL' : ''
  return `  ${sql.identifier(column.name)} ${columnTypes.write(column.type)}${encode}${notNull}`
}

/**
 * How rows are spread over the slices and sorted in them; Redshift itself decides where nothing is said.
 * @see "Amazon Redshift best practices for designing tables"
 */
export function tableAttributes({ distribution, sort, columns }: TableDesign): string {
  const names = columns.map(({ name }) => name)
  const known = (name: string): string => {
    if (names.includes(name)) return sql.identifier(name)
    throw new FerryError('UNSUPPORTED', `no column \`${name}\` to distribute or sort the table by`)
  }
  const sorted =
    sort === undefined || sort.length === 0
      ? 'SORTKEY AUTO'
      : `COMPOUND SORTKEY (${sort.map(known).join(', ')})`
  if (typeof distribution === 'object') {
    return `DISTSTYLE KEY DISTKEY (${known(distribution.column)}) ${sorted}`
  }
  return `DISTSTYLE ${(distribution ?? 'auto').toUpperCase()} ${sorted}`
}
