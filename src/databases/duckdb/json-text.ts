import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { sql } from './sql.ts'

/**
 * Whether DuckDB's own JSON of a type loses something: it has bare words for the floats that JSON has
 * no number for, rounds the numbers inside of JSON values to doubles, writes short decimals as doubles
 * and those that begin after the point without the zero that JSON asks for.
 */
export function losesInJson(type: DuckDBType): boolean {
  switch (type.typeId) {
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.DECIMAL:
      return true
    case DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON'
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return losesInJson(type.valueType)
    case DuckDBTypeId.MAP:
      return losesInJson(type.valueType)
    case DuckDBTypeId.STRUCT:
      // A row(1, 2) has no names to ask for its members by.
      return !type.entryNames.includes('') && type.entryTypes.some(losesInJson)
    default:
      return false
  }
}

/** SQL that writes a value as JSON with all its digits, as text of one line; `null` for NULL. */
export function jsonText(value: string, type: DuckDBType, depth = 0): string {
  return `coalesce(${losesInJson(type) ? careful(value, type, depth) : plain(value)}, 'null')`
}

const plain = (value: string): string => `CAST(to_json(${value}) AS VARCHAR)`

/** NULL where the value is NULL. */
function careful(value: string, type: DuckDBType, depth: number): string {
  const item = `ferry_item_${depth}`
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return `'[' || array_to_string(list_transform(${value}, lambda ${item}:
        ${jsonText(item, type.valueType, depth + 1)}), ',') || ']'`
    case DuckDBTypeId.MAP:
      return `'{' || array_to_string(list_transform(map_entries(${value}), lambda ${item}:
        ${plain(`CAST(${item}.key AS VARCHAR)`)} || ':' ||
        ${jsonText(`${item}.value`, type.valueType, depth + 1)}), ',') || '}'`
    case DuckDBTypeId.STRUCT: {
      const members = type.entryTypes.map((member, index) => {
        const name = type.entryNames[index] ?? ''
        const text = jsonText(`struct_extract(${value}, ${sql.literal(name)})`, member, depth)
        return `${sql.literal(`${JSON.stringify(name)}:`)} || ${text}`
      })
      return `CASE WHEN ${value} IS NOT NULL THEN '{' || ${members.join(` || ',' || `)} || '}' END`
    }
    case DuckDBTypeId.VARCHAR: // line ends outside of JSON strings are blanks, and inside there are none
      return `regexp_replace(CAST(${value} AS VARCHAR), '[\\r\\n]+', ' ', 'g')`
    case DuckDBTypeId.DECIMAL:
      if (type.scale < type.width) return `CAST(${value} AS VARCHAR)`
      return `regexp_replace(CAST(${value} AS VARCHAR), '^(-?)[.]', '\\10.')`
    default:
      return `CASE WHEN isnan(${value}) THEN '"NaN"'
        WHEN isinf(${value}) THEN if(${value} > 0, '"Infinity"', '"-Infinity"')
        ELSE ${plain(value)} END`
  }
}
