import { FerryError } from '../core/errors.ts'

/** What became of one object. Batch work reports every one, and fails if any failed. */
export interface Outcome {
  readonly action: 'put' | 'get' | 'copy' | 'move' | 'remove' | 'make'
  readonly status: 'done' | 'skipped' | 'planned' | 'failed'
  /** URLs, without secrets. */
  readonly source?: string | undefined
  readonly target?: string | undefined
  /** Of the object, as it arrived. */
  readonly bytes?: number | undefined
  /** Why it was skipped or would be done: `same size and checksum`, `exists`. */
  readonly reason?: string | undefined
  readonly error?: FerryError | undefined
}

/** An outcome as one line of JSON. */
export function outcomeLine({ error, ...outcome }: Outcome): string {
  if (error === undefined) return JSON.stringify(outcome)
  const { code, message, hint } = error
  return JSON.stringify({ ...outcome, error: { code, message, hint } })
}

/** What another try of the same cannot mend comes first, so that a night does not try it again. */
const BY_SEVERITY = [70, 78, 77, 65, 66, 64, 1, 74, 69, 75]

/** The exit code of a batch: that of its most severe failure, or 0. */
export function exitCodeOf(failures: Iterable<number>): number {
  const rank = (code: number): number => {
    const at = BY_SEVERITY.indexOf(code)
    return at === -1 ? BY_SEVERITY.indexOf(1) : at
  }
  return [...new Set(failures)].sort((a, b) => rank(a) - rank(b))[0] ?? 0
}

/** Any error as one that can be reported; what is none of Ferry's is a bug. */
export function asFerryError(error: unknown): FerryError {
  if (error instanceof FerryError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new FerryError('BUG', message, { cause: error })
}
