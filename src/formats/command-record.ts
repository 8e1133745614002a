import * as z from 'zod'

/**
 * `logs/DATE/timing_env.log`: one JSON object a line, two lines a command. The tracking shell
 * appends them, BEGIN before the command runs and END after it; `ferry run`, the pages and anyone
 * with jq read them. A command with no END was killed, or runs still. The last line may be torn.
 * Bytes of a name that are not UTF-8 come as lone surrogates from U+DC80 to U+DCFF.
 */
const recordSchema = z.object({
  tag: z.enum(['BEGIN', 'END']),
  id: z.string(),
  target: z.string(),
  /** The recipe line after expansion. */
  command: z.string(),
  /** 0 for a make by hand. */
  attempt: z.int().nullable(),
  has_make_level: z.boolean(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  exit_code: z.int().nullable(),
  user_s: z.number().nullable(),
  system_s: z.number().nullable(),
  host: z.string(),
  /** Of the tracking shell. */
  pid: z.int(),
  /** Null for a make by hand. */
  run_id: z.string().nullable(),
  /** Refused: it failed for good earlier in the night. */
  held: z.boolean().optional(),
})

export type CommandRecord = z.output<typeof recordSchema>

/** One line of the log; undefined when it is empty, torn or something else. */
export function parseCommandRecord(line: string): CommandRecord | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : undefined
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
