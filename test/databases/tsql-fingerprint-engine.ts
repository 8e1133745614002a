/** SQL Server and Synapse in the words of the contract of a fingerprint. */
import type { Engine } from '../../src/databases/engine.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import type { FingerprintEngine } from './fingerprint.contract.ts'

export function tsqlFingerprintEngine(
  engine: Engine,
  url: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): FingerprintEngine {
  const { signal } = new AbortController()
  if (engine.fingerprint === undefined) throw new Error(`${engine.name} has no fingerprint`)
  return {
    sql: engine.sql,
    writer: engine.fingerprint,
    open: () => engine.open({ url, projectDirectory: '.', environment, signal }),
    native: type => native(engine, type),
    holds,
    keyedTable: name => keyedTable(engine, name),
  }
}

function native(engine: Engine, type: ColumnType): string | undefined {
  if (type.kind === 'decimal' && type.precision === undefined) return undefined
  if (type.kind === 'time' && type.zone) return undefined
  return type.kind === 'other' ? undefined : engine.types.write(type)
}

/** There is nothing before the year 1, no infinity, no -0, and the smallest floats are none. */
function holds(type: ColumnType, text: string): boolean {
  if (/BC|infinity|NaN|^24:/i.test(text)) return type.kind === 'text'
  if (type.kind !== 'float') return true
  const magnitude = Math.abs(Number(text))
  return (
    text !== '-0' && (magnitude === 0 || magnitude >= (type.bits === 32 ? 1.18e-38 : 2.23e-308))
  )
}

/** A dedicated SQL pool believes a key, and does not check it. */
function keyedTable(engine: Engine, name: string): string {
  const columns = 'id int NOT NULL, a nvarchar(100), b nvarchar(100) NOT NULL'
  const key = engine.name === 'synapse' ? ' NONCLUSTERED (b, id) NOT ENFORCED' : ' (b, id)'
  return `CREATE TABLE ${name} (${columns}, PRIMARY KEY${key})`
}
