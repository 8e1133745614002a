import { FerryError } from '../../core/errors.ts'
import { columnTypes } from '../mssql/column-types.ts'
import { sql } from '../mssql/sql.ts'
import type { TableDesign } from '../loading.ts'

/**
 * `WITH (DISTRIBUTION = ..., ...)`: rows with a key are put by its first column, so that merges find
 * them where they are; others evenly. Columnstore, unless a column is longer than it takes (max), or
 * ferry.yaml says `compression: { '*': heap }`.
 * @see "Guidance for designing distributed tables using dedicated SQL pool in Azure Synapse Analytics"
 */
export function tableOptions(design: TableDesign, more: readonly string[] = []): string {
  return `WITH (${[tableLayout(design), ...more].join(', ')})`
}

/** Two tables that exchange partitions have the same. */
export function tableLayout(design: TableDesign): string {
  return `DISTRIBUTION = ${distribution(design)}, ${index(design)}`
}

/** The same for a table that is read once: without an index, and evenly if it lacks the column. */
export function stageOptions(design: TableDesign): string {
  const { distribution: wanted, columns } = design
  const lacks = typeof wanted === 'object' && !columns.some(({ name }) => name === wanted.column)
  return `WITH (DISTRIBUTION = ${lacks ? 'ROUND_ROBIN' : distribution(design)}, HEAP)`
}

function distribution({ distribution: wanted, key, columns }: TableDesign): string {
  if (wanted === 'even') return 'ROUND_ROBIN'
  if (wanted === 'all') return 'REPLICATE'
  const [first] = key
  const column = typeof wanted === 'object' ? wanted.column : first
  if (column === undefined) return 'ROUND_ROBIN'
  if (columns.some(({ name }) => name === column)) return `HASH(${sql.identifier(column)})`
  throw new FerryError('UNSUPPORTED', `no column \`${column}\` to distribute the table by`)
}

function index({ compression, sort, columns }: TableDesign): string {
  const wanted = compression?.['*'] ?? 'columnstore'
  if (wanted !== 'heap' && wanted !== 'columnstore') {
    throw new FerryError('UNSUPPORTED', `Synapse has no compression \`${wanted}\``, {
      hint: "choose one of: columnstore, heap (`compression: { '*': heap }`)",
    })
  }
  const hasLong = columns.some(column => columnTypes.write(column.type).endsWith('(max)'))
  if (wanted === 'heap' || hasLong) return 'HEAP'
  const order = (sort ?? []).map(sql.identifier).join(', ')
  return `CLUSTERED COLUMNSTORE INDEX${order === '' ? '' : ` ORDER (${order})`}`
}
