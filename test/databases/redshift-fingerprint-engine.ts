/** Redshift in the words of the contract of a fingerprint. */
import type { Engine } from '../../src/databases/engine.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import type { FingerprintEngine } from './fingerprint.contract.ts'

export function redshiftFingerprintEngine(
  engine: Engine,
  url: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): FingerprintEngine {
  if (engine.fingerprint === undefined) throw new Error(`${engine.name} has no fingerprint`)
  const { signal } = new AbortController()
  return {
    sql: engine.sql,
    writer: engine.fingerprint,
    open: () => engine.open({ url, projectDirectory: '.', environment, signal }),
    native: type => native(engine, type),
    holds: (type, text) =>
      type.kind !== 'float' && (type.kind === 'text' || !/infinity|NaN/i.test(text)),
    keyedTable: name =>
      `CREATE TABLE ${name} (id int, a varchar(100), b varchar(100), PRIMARY KEY (b, id))`,
  }
}

/** Nothing where a value's text cannot be written. */
function native(engine: Engine, type: ColumnType): string | undefined {
  if (['float', 'json', 'interval', 'other'].includes(type.kind)) return undefined
  if (type.kind === 'time' && type.zone) return undefined
  if (type.kind === 'decimal' && type.precision === undefined) return undefined
  return type.kind === 'bytes' ? 'varbyte' : engine.types.write(type)
}
