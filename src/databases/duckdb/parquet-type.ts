import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { sql } from './sql.ts'

/**
 * The type to cast to before DuckDB writes Parquet, or undefined where its own choice keeps all. Left
 * alone it would round 128-bit integers to doubles, intervals to milliseconds and times with a zone to
 * UTC. An integer of more than 38 digits fails the cast.
 */
export function parquetType(type: DuckDBType): string | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return 'DECIMAL(38, 0)'
    case DuckDBTypeId.INTERVAL:
    case DuckDBTypeId.TIME_TZ:
      return 'VARCHAR'
    case DuckDBTypeId.TIMESTAMP_S: // its infinity is none for readers of the file
      return 'TIMESTAMP'
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const item = parquetType(type.valueType)
      return item === undefined ? undefined : `${item}[]`
    }
    case DuckDBTypeId.MAP: {
      const key = parquetType(type.keyType)
      const value = parquetType(type.valueType)
      if (key === undefined && value === undefined) return undefined
      return `MAP(${key ?? String(type.keyType)}, ${value ?? String(type.valueType)})`
    }
    case DuckDBTypeId.STRUCT: {
      const targets = type.entryTypes.map(parquetType)
      if (targets.every(target => target === undefined)) return undefined
      const members = type.entryNames.map((name, index) => {
        const target = targets[index] ?? String(type.entryTypes[index])
        return `${sql.identifier(name)} ${target}`
      })
      return `STRUCT(${members.join(', ')})`
    }
    default:
      return undefined
  }
}
