import type { ValueKind } from '../value-kind.ts'

const KINDS: Readonly<Record<string, ValueKind>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  HUGEINT: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'integer',
  UBIGINT: 'integer',
  UHUGEINT: 'integer',
  FLOAT: 'float',
  DOUBLE: 'float',
}

export function kindOf(type: string): ValueKind {
  return KINDS[type] ?? 'text'
}
