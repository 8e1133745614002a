/**
 * The only place that says what an error means to the outside: its exit code and whether trying
 * again can help. The codes follow sysexits(3) in spirit.
 */
export const ERRORS = {
  CHECK_FAILED: { exit: 1, retryable: false },
  TARGETS_FAILED: { exit: 1, retryable: true },
  BUCKET_NOT_EMPTY: { exit: 1, retryable: false },
  PRECONDITION_FAILED: { exit: 1, retryable: false },
  USAGE: { exit: 64, retryable: false },
  UNSUPPORTED: { exit: 64, retryable: false },
  DATA_INVALID: { exit: 65, retryable: false },
  SQL_INVALID: { exit: 65, retryable: false },
  TEMPLATE_INVALID: { exit: 65, retryable: false },
  MODEL_INVALID: { exit: 65, retryable: false },
  KEY_INVALID: { exit: 65, retryable: false },
  MANIFEST_INVALID: { exit: 65, retryable: false },
  INPUT_MISSING: { exit: 66, retryable: false },
  OBJECT_NOT_FOUND: { exit: 66, retryable: false },
  BUCKET_NOT_FOUND: { exit: 66, retryable: false },
  QUEUE_NOT_FOUND: { exit: 66, retryable: false },
  SERVICE_UNAVAILABLE: { exit: 69, retryable: true },
  BUG: { exit: 70, retryable: false },
  LOCAL_IO: { exit: 74, retryable: true },
  TRANSIENT: { exit: 75, retryable: true },
  THROTTLED: { exit: 75, retryable: true },
  TRANSFER_CORRUPT: { exit: 75, retryable: true },
  SOURCE_CHANGED: { exit: 75, retryable: true },
  BUSY: { exit: 75, retryable: true },
  DENIED: { exit: 77, retryable: false },
  CONFIG_INVALID: { exit: 78, retryable: false },
  TOOL_MISSING: { exit: 78, retryable: false },
  INTERRUPTED: { exit: 130, retryable: true },
  TERMINATED: { exit: 143, retryable: true },
} as const satisfies Record<string, { exit: number; retryable: boolean }>

export type ErrorCode = keyof typeof ERRORS

export interface FerryErrorOptions {
  /** One imperative sentence: what to do next, with the command to run where there is one. */
  readonly hint?: string | undefined
  /** Machine-readable facts: names, numbers, places. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: unknown
}

/**
 * An error that a user can act on. `message` starts in lower case, has no full stop and names the
 * thing in backticks; several findings are one a line.
 */
export class FerryError extends Error {
  override readonly name = 'FerryError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: FerryErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.hint = options.hint
    this.details = options.details ?? {}
  }

  get exitCode(): number {
    return ERRORS[this.code].exit
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable
  }
}

/** What a FerryError looks like where only plain data passes: a socket, a worker, `--json`. */
export interface ErrorRecord {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof FerryError) {
    return { code: error.code, message: error.message, hint: error.hint, details: error.details }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'BUG', message, details: {} }
}

export function fromErrorRecord(record: ErrorRecord): FerryError {
  return new FerryError(record.code, record.message, { hint: record.hint, details: record.details })
}

/** The code of a Node system error (`ENOENT`, `ENOSPC`), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const DISK_CODES = new Set([
  'ENOSPC',
  'EIO',
  'EROFS',
  'EDQUOT',
  'EFBIG',
  'EPIPE',
  'EMFILE',
  'ENFILE',
  'ENOTCONN',
  'ESTALE',
])

/**
 * Turns a system error of the local disk into the FerryError that names the file and what to do.
 * Anything else comes back unchanged, so it can be used in every catch around file work.
 */
export function asLocalIoError(error: unknown, path: string): unknown {
  const code = systemErrorCode(error)
  if (code === undefined || error instanceof FerryError) return error
  if (code === 'ENOENT') {
    return new FerryError('INPUT_MISSING', `\`${path}\` does not exist`, { cause: error })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new FerryError('DENIED', `no permission for \`${path}\``, {
      cause: error,
      hint: 'check the owner and the mode of the file and of its folder',
    })
  }
  if (code === 'ENOTDIR') {
    return new FerryError('LOCAL_IO', `\`${path}\`: a part of this path is a file, not a folder`, {
      cause: error,
    })
  }
  if (DISK_CODES.has(code)) {
    const reason = code === 'ENOSPC' ? 'no space left on the disk' : code
    return new FerryError('LOCAL_IO', `cannot write \`${path}\`: ${reason}`, {
      cause: error,
      hint: code === 'ENOSPC' ? 'free some space (df -h shows where)' : undefined,
    })
  }
  return error
}
