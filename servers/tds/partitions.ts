/**
 * Partitions of Synapse's tables: DuckDB has none, so that their bounds (days) are kept beside, and rows
 * go from one table into another when a partition is switched.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { Fault } from './fault.ts'
import { literal, quoted } from './t-sql/expressions.ts'
import { isDeclared, type Name } from './t-sql/relations.ts'

export interface PartitionSwitch {
  readonly source: Name
  readonly from: number
  readonly target: Name
  readonly to: number
}

/** By their order: the first partition is below the first. */
async function boundsOf(duckdb: DuckDBConnection, table: Name) {
  const reader = await duckdb.runAndReadAll(
    `SELECT column_name, CAST(value AS VARCHAR) FROM ferry_tds.bounds WHERE ${isDeclared(table)} ORDER BY value`,
  )
  const rows = reader.getRows()
  if (rows.length === 0) throw new Fault(4944, `Table '${table.name}' is not partitioned.`)
  return { column: String(rows[0]?.[0]), values: rows.map(row => String(row[1])) }
}

/** The condition of a partition, by its number. */
async function partition(duckdb: DuckDBConnection, table: Name, number: number): Promise<string> {
  const { column, values } = await boundsOf(duckdb, table)
  const [low, high] = [values[number - 2], values[number - 1]]
  const name = quoted(column)
  const above = low === undefined ? [] : [`${name} >= ${literal(low)}`]
  const below = high === undefined ? [] : [`${name} < ${literal(high)}`]
  const inside = [...above, ...below].join(' AND ')
  return low === undefined ? `(${name} IS NULL OR ${inside})` : `(${inside})`
}

/** @throws Fault 7721 (the bound is there), 35346 (the partition has rows) */
export async function splitPartition(
  duckdb: DuckDBConnection,
  table: Name,
  value: string,
): Promise<void> {
  const { column, values } = await boundsOf(duckdb, table)
  if (values.includes(value)) {
    throw new Fault(7721, 'Duplicate range boundary values are not allowed.')
  }
  const before = values.filter(one => one < value).length
  const inside = await partition(duckdb, table, before + 1)
  const reader = await duckdb.runAndReadAll(`SELECT count(*) FROM ${table.text} WHERE ${inside}`)
  if (reader.getRows()[0]?.[0] !== 0n) {
    throw new Fault(35_346, 'SPLIT clause failed because the partition is not empty.')
  }
  const schema = table.schema === undefined ? 'current_schema()' : literal(table.schema)
  await duckdb.run(
    `INSERT INTO ferry_tds.bounds VALUES (${schema}, ${literal(table.name)}, ${literal(column)}, ${literal(value)})`,
  )
}

/** With TRUNCATE_TARGET. @throws Fault 4972: the two do not hold the same range */
export async function switchPartition(
  duckdb: DuckDBConnection,
  { source, from, target, to }: PartitionSwitch,
): Promise<void> {
  const inside = await partition(duckdb, source, from)
  if (inside !== (await partition(duckdb, target, to))) {
    throw new Fault(4972, 'ALTER TABLE SWITCH statement failed: the partitions are not aligned.')
  }
  await duckdb.run('BEGIN')
  try {
    await duckdb.run(`DELETE FROM ${target.text} WHERE ${inside}`)
    await duckdb.run(`INSERT INTO ${target.text} SELECT * FROM ${source.text} WHERE ${inside}`)
    await duckdb.run(`DELETE FROM ${source.text} WHERE ${inside}`)
    await duckdb.run('COMMIT')
  } catch (error) {
    await duckdb.run('ROLLBACK')
    throw error
  }
}
