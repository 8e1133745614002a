import { CommandLedger, type TrackedCommand } from '../formats/command-record.ts'
import { FileTail } from '../core/file-tail.ts'

/** A target that make gave up on, as make's own line tells. */
export interface MakeFailure {
  readonly target: string
  /** `makefile:12`, or undefined when make says none. */
  readonly place: string | undefined
  /** `Error 65`, `Killed`. */
  readonly how: string
}

/** `make: *** [makefile:12: target] Error 65`, perhaps after something with no newline. */
const FAILURE = /make(?:\[\d+\])?: \*\*\* \[(?:(.+?:(?:\d+|<builtin>)): )?(.+)\] ([A-Z].*)$/

/** make's other complaints: `make: *** No rule to make target 'x', needed by 'y'.` */
const COMPLAINT =
  /(?:^make(?:\[\d+\])?: |^[^\s:]+:\d+: )\*\*\* (?!\[|Deleting file|Waiting for)(.*)$/

/**
 * What happens in an attempt, from the two files that grow meanwhile: the command records of the
 * night, and make's own output. `update()` reads on; nothing here holds more than names.
 */
export class AttemptWatch {
  readonly #records: FileTail
  readonly #output: FileTail
  readonly #ledger = new CommandLedger()
  readonly #runId: string
  readonly failures = new Map<string, MakeFailure>()
  readonly complaints: string[] = []

  constructor(options: {
    readonly recordsFile: string
    readonly outputFile: string
    readonly outputFrom: number
    readonly runId: string
  }) {
    this.#records = new FileTail(options.recordsFile)
    this.#output = new FileTail(options.outputFile, options.outputFrom)
    this.#runId = options.runId
  }

  async update(): Promise<void> {
    for await (const line of this.#records.lines()) this.#ledger.add(line)
    for await (const line of this.#output.lines()) {
      if (!line.includes('***')) continue
      const [, place, target, how] = FAILURE.exec(line) ?? []
      if (target !== undefined && how !== undefined) {
        this.failures.set(target, { target, place, how })
      } else {
        const complaint = COMPLAINT.exec(line)?.[1]
        if (complaint !== undefined && this.complaints.length < 100) this.complaints.push(complaint)
      }
    }
  }

  /** The commands of this attempt. */
  commands(): TrackedCommand[] {
    return this.#ledger.commands().filter(one => one.begin.run_id === this.#runId)
  }

  /** The last command of a target in this attempt: the one that failed, when the target did. */
  lastCommand(target: string): TrackedCommand | undefined {
    return this.commands().findLast(one => one.begin.target === target)
  }

  /** The last command of a target in the night that was run, not refused. */
  lastRealCommand(target: string): TrackedCommand | undefined {
    const isReal = (one: TrackedCommand): boolean =>
      one.begin.target === target && one.end?.held !== true
    return this.#ledger.commands().findLast(isReal)
  }
}
