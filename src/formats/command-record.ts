/**
 * `logs/DATE/timing_env.log`: one JSON object a line, two lines a command. The tracking shell
 * appends them, BEGIN before the command runs and END after it; `ferry run`, the pages and anyone
 * with jq read them. A command with no END was killed, or runs still. The last line may be torn.
 * Bytes of a name that are not UTF-8 come as lone surrogates from U+DC80 to U+DCFF.
 */
export interface CommandRecord {
  readonly tag: 'BEGIN' | 'END'
  readonly id: string
  readonly target: string
  /** The recipe line after expansion. */
  readonly command: string
  /** 0 for a make by hand. */
  readonly attempt: number | null
  readonly has_make_level: boolean
  readonly started_at: string
  readonly finished_at: string | null
  readonly exit_code: number | null
  readonly user_s: number | null
  readonly system_s: number | null
  readonly host: string
  /** Of the tracking shell. */
  readonly pid: number
  /** Null for a make by hand. */
  readonly run_id: string | null
  /** Refused: it failed for good earlier in the night. */
  readonly held?: boolean | undefined
}

/**
 * By hand, as a year of nights has a million and a half of them: a schema takes as long as JSON's parser, and makes a
 * copy of each.
 */
function isCommandRecord(value: unknown): value is CommandRecord {
  if (typeof value !== 'object' || value === null) return false
  const record: Partial<Record<keyof CommandRecord, unknown>> = value
  return (
    (record.tag === 'BEGIN' || record.tag === 'END') &&
    typeof record.id === 'string' &&
    typeof record.target === 'string' &&
    typeof record.command === 'string' &&
    isWholeOrNull(record.attempt) &&
    typeof record.has_make_level === 'boolean' &&
    typeof record.started_at === 'string' &&
    (record.finished_at === null || typeof record.finished_at === 'string') &&
    isWholeOrNull(record.exit_code) &&
    (record.user_s === null || typeof record.user_s === 'number') &&
    (record.system_s === null || typeof record.system_s === 'number') &&
    typeof record.host === 'string' &&
    Number.isSafeInteger(record.pid) &&
    (record.run_id === null || typeof record.run_id === 'string') &&
    (record.held === undefined || typeof record.held === 'boolean')
  )
}

const isWholeOrNull = (value: unknown): boolean => value === null || Number.isSafeInteger(value)

/** One line of the log; undefined when it is empty, torn or something else. */
export function parseCommandRecord(line: string): CommandRecord | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isCommandRecord(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // torn by a crash or a full disk
    throw error
  }
}

/** One command, put together from its records. */
export interface TrackedCommand {
  readonly begin: CommandRecord
  /** Undefined while it runs, and for ever when it was killed together with its shell. */
  readonly end: CommandRecord | undefined
}

/** Puts BEGIN and END together, in the order of the BEGINs. */
export class CommandLedger {
  readonly #commands = new Map<string, TrackedCommand>()

  /** Takes the next line of the log. Returns the record when it is one. */
  add(line: string): CommandRecord | undefined {
    const record = parseCommandRecord(line)
    if (record === undefined) return undefined
    const before = this.#commands.get(record.id)
    if (record.tag === 'BEGIN') this.#commands.set(record.id, { begin: record, end: undefined })
    else this.#commands.set(record.id, { begin: before?.begin ?? record, end: record })
    return record
  }

  commands(): TrackedCommand[] {
    return [...this.#commands.values()]
  }
}

/** Every command of a night's log. */
export function readCommands(text: string): TrackedCommand[] {
  const ledger = new CommandLedger()
  for (const line of text.split('\n')) ledger.add(line)
  return ledger.commands()
}
