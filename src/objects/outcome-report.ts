import { formatBytes, formatDuration } from '../core/units.ts'
import { exitCodeOf, type Outcome, outcomeLine } from './outcome.ts'
import { ProgressLine, type TransferProgress } from './transfer-progress.ts'

export interface ReportOptions {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WriteStream
  /** One line of JSON an object, on stdout. */
  readonly json: boolean
  /** One line of text an object, on stdout. */
  readonly verbose: boolean
  readonly progress: TransferProgress
  readonly now: () => number
}

/** Tells what becomes of each object as it happens, and of all at the end. */
export class OutcomeReport {
  readonly #options: ReportOptions
  readonly #line: ProgressLine
  readonly #exitCodes = new Set<number>()
  readonly #startedMs: number
  #done = 0
  #bytes = 0
  #skipped = 0
  #failed = 0

  constructor(options: ReportOptions) {
    this.#options = options
    this.#startedMs = options.now()
    this.#line = new ProgressLine(options.stderr, () => options.progress.line(options.now()))
  }

  get failed(): number {
    return this.#failed
  }

  add(outcome: Outcome): void {
    const { json, verbose, stdout, stderr, progress } = this.#options
    this.#count(outcome)
    progress.objects++
    if (outcome.status === 'skipped') progress.spared(outcome.bytes ?? 0)
    const isShown = json || outcome.status === 'failed' || outcome.status === 'planned' || verbose
    if (!isShown) return
    this.#line.clear()
    if (json) stdout.write(`${outcomeLine(outcome)}\n`)
    else if (outcome.error === undefined) stdout.write(`${describe(outcome)}\n`)
    if (outcome.error === undefined) return
    const place = outcome.source ?? outcome.target ?? ''
    const [first, ...rest] = outcome.error.message.split('\n')
    stderr.write(`ferry: error: ${outcome.action} ${place}: ${first}\n`)
    for (const line of rest) stderr.write(`  ${line}\n`)
    if (outcome.error.hint !== undefined) stderr.write(`  hint: ${outcome.error.hint}\n`)
  }

  /** The same for what needed no work; `describe` is called only where it is shown. */
  addSkipped(describe: () => Outcome): void {
    const { json, verbose, progress } = this.#options
    if (json || verbose) {
      this.add(describe())
      return
    }
    this.#skipped++
    progress.objects++
  }

  /** A sentence for people. */
  note(text: string): void {
    this.#line.clear()
    this.#options.stderr.write(`ferry: ${text}\n`)
  }

  /** Ends the progress and returns the exit code: 0 only if nothing failed. */
  finish(): number {
    this.#line.stop()
    const { stderr, now } = this.#options
    if (stderr.isTTY || this.#failed > 0) {
      const skipped = this.#skipped === 0 ? '' : `, ${this.#skipped} skipped`
      const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`
      const took = formatDuration(now() - this.#startedMs)
      const size = formatBytes(this.#bytes)
      const objects = this.#done === 1 ? '1 object' : `${this.#done} objects`
      stderr.write(`ferry: ${objects}, ${size}${skipped}${failed}, ${took}\n`)
    }
    return exitCodeOf(this.#exitCodes)
  }

  #count({ status, bytes = 0, error }: Outcome): void {
    if (status === 'skipped') this.#skipped++
    if (status === 'done') {
      this.#done++
      this.#bytes += bytes
    }
    if (status !== 'failed') return
    this.#failed++
    this.#exitCodes.add(error?.exitCode ?? 1)
  }
}

function describe({ action, status, source, target, reason }: Outcome): string {
  const places = [source, target].filter(place => place !== undefined).join(' -> ')
  const verb = status === 'planned' ? `would ${action}` : status === 'skipped' ? 'skip' : action
  return reason === undefined ? `${verb} ${places}` : `${verb} ${places} (${reason})`
}
