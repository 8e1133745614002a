import { createHash } from 'node:crypto'

/** Bytes that stand for themselves in a folder's name; all others are written as `%XX`. */
const ORDINARY = /^[A-Za-z0-9_.-]$/
/** A folder's name may have 255 bytes; the field's name and a hash must fit in too. */
const MOST_VALUE_CHARACTERS = 180
const HASH_DIGITS = 16
const NONE = '__null__'

/**
 * `FIELD=VALUE`, as Hive, DuckDB and Spark read it: bytes that are not ordinary as `%XX`, a value that is
 * absent as `__null__`, a value that is too long cut and with `~` and a hash behind it. Different values have
 * different names, and no value leads out of the folder.
 */
export function partitionFolder(field: string, value: string | undefined): string {
  if (value === undefined) return `${field}=${NONE}`
  let escaped = ''
  for (const byte of Buffer.from(value)) {
    const character = String.fromCharCode(byte)
    escaped += ORDINARY.test(character) ? character : percent(byte)
  }
  if (escaped === NONE) escaped = `${percent(0x5f)}${NONE.slice(1)}`
  if (escaped.length > MOST_VALUE_CHARACTERS) {
    const hash = createHash('sha256').update(value).digest('hex').slice(0, HASH_DIGITS)
    escaped = `${escaped.slice(0, MOST_VALUE_CHARACTERS)}~${hash}`
  }
  return `${field}=${escaped}`
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
