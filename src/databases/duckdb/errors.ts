import { FerryError, type ErrorCode } from '../../core/errors.ts'

/**
 * DuckDB's error types, as `errors_as_json` names them, that are not about the statement itself.
 * Every other type is SQL_INVALID.
 */
const CODES: Readonly<Record<string, ErrorCode>> = {
  TransactionContext: 'TRANSIENT', // a write-write conflict
  INTERRUPT: 'INTERRUPTED',
  'Out of Memory': 'TRANSIENT',
  IO: 'LOCAL_IO',
  Permission: 'DENIED',
  Connection: 'SERVICE_UNAVAILABLE',
  HTTP: 'SERVICE_UNAVAILABLE',
  FATAL: 'TRANSIENT',
  INTERNAL: 'TRANSIENT',
}

interface DuckdbError {
  readonly exception_type: string
  readonly exception_message: string
  /** Byte offset in the text that DuckDB was given. */
  readonly position?: string
  readonly error_subtype?: string
}

export interface StatementPlace {
  /** The statement as its author wrote it. */
  readonly statement: string
  /** Bytes of ours before it in the text that DuckDB was given. */
  readonly prefixBytes: number
}

/** What DuckDB threw, read from its JSON form; undefined when it is not in that form. */
export function parseDuckdbError(error: unknown): DuckdbError | undefined {
  if (!(error instanceof Error)) return undefined
  const start = error.message.indexOf('{"exception_type"')
  if (start === -1) return undefined
  try {
    return JSON.parse(error.message.slice(start)) as DuckdbError // DuckDB's documented form
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined // a message that only looks like it
    throw failure
  }
}

/** Turns what DuckDB threw into a FerryError; anything else of ours comes back as it is. */
export function asDuckdbFailure(error: unknown, place?: StatementPlace): FerryError {
  if (error instanceof FerryError) return error
  const known = parseDuckdbError(error)
  if (known === undefined) {
    const message = error instanceof Error ? error.message : String(error)
    // Fatal errors, for one, never come as JSON.
    const type = /^([A-Za-z ]+) Error: /.exec(message)?.[1]
    return new FerryError(CODES[type ?? ''] ?? 'SQL_INVALID', `DuckDB: ${message}`, {
      cause: error,
      details: { engine: 'duckdb', ...(type === undefined ? {} : { type }) },
    })
  }
  const position = place === undefined ? undefined : positionIn(place, known.position)
  const type = known.exception_type
  // A file that is not there is found while the statement is bound, which gives its place in it.
  const missing = type === 'IO' && position !== undefined
  return new FerryError(missing ? 'INPUT_MISSING' : (CODES[type] ?? 'SQL_INVALID'), textOf(known), {
    cause: error,
    hint: hintFor(type),
    details: {
      engine: 'duckdb',
      type,
      ...(known.error_subtype === undefined ? {} : { subtype: known.error_subtype }),
      ...(position === undefined ? {} : { position }),
    },
  })
}

function textOf(error: DuckdbError): string {
  const message = error.exception_message.trim()
  return message.charAt(0).toLowerCase() + message.slice(1)
}

function hintFor(type: string): string | undefined {
  if (type === 'Out of Memory') {
    return 'give the warehouse more memory (duckdb:./warehouse.duckdb?memory_limit=1GB), or run less at once'
  }
  if (type === 'TransactionContext') return 'two sessions changed the same table at once; try again'
  return undefined
}

function positionIn(place: StatementPlace, position: string | undefined): number | undefined {
  if (position === undefined) return undefined
  const offset = Number(position) - place.prefixBytes
  const bytes = Buffer.from(place.statement)
  if (!(offset >= 0 && offset <= bytes.length)) return undefined
  return bytes.toString('utf8', 0, offset).length
}
