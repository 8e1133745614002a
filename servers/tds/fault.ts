/** An error that the client is told, by SQL Server's number of it. */
export class Fault extends Error {
  readonly number: number
  readonly severity: number
  readonly line: number

  constructor(number: number, message: string, options: { severity?: number; line?: number } = {}) {
    super(message)
    this.number = number
    this.severity = options.severity ?? 16
    this.line = options.line ?? 1
  }
}

/** What DuckDB throws, by the beginning of its message, and the number that SQL Server has for it. */
const NUMBERS: readonly (readonly [RegExp, number, number])[] = [
  [/^Parser Error|^Invalid Input Error: No statement/, 102, 15],
  [/^Binder Error: (Referenced|Table .* does not have|.*not found in FROM)/, 207, 16],
  [/^Catalog Error: (Table|View).* does not exist/, 208, 16],
  [/^Catalog Error: .*already exists/, 2714, 16],
  [/^Catalog Error: (Scalar|Table) Function/, 195, 15],
  [/^Catalog Error: Schema/, 2760, 16],
  [/^Conversion Error/, 245, 16],
  [/^(Out of Range|Invalid Input) Error/, 8115, 16],
  [/^Constraint Error: .*(NOT NULL|null)/, 515, 16],
  [/^Constraint Error/, 2627, 14],
  [/^TransactionContext Error/, 3960, 16], // a conflict of snapshots
]

export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const thrown = error instanceof Error ? error.message : String(error)
  const message = thrown.replace('Failed to extract statements: ', '')
  for (const [pattern, number, severity] of NUMBERS) {
    if (pattern.test(message)) return new Fault(number, message, { severity })
  }
  return new Fault(50_000, message)
}
