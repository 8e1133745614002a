import { join } from 'node:path'
import { targetLogName } from '../formats/target-log-name.ts'
import { type LogExcerpt, readLogExcerpt } from './log-excerpt.ts'
import type { AttemptOutcome, FailedTarget } from './outcome.ts'

/** What goes to people and machines about a night. Plain data; `--json` webhooks get it as it is. */
export interface NightReport {
  readonly project: string
  readonly date: string
  /**
   * `failed for good` comes while the night goes on, about new failures only. `night stopped` is about
   * an error of the night itself, in `remarks`: what it made until then is not counted.
   */
  readonly event: 'night made' | 'night failed' | 'failed for good' | 'night stopped'
  readonly attempt: number
  readonly max_attempts: number
  /** Targets with a command that the goals come to, aliases not counted, and how many are made. */
  readonly wanted: number
  readonly done: number
  readonly failed: readonly ReportedFailure[]
  /** Everything else there is to say, a line each. */
  readonly remarks: readonly string[]
}

export interface ReportedFailure {
  readonly target: string
  readonly exit_code: number | null
  readonly permanent: boolean
  readonly place: string | null
  readonly command: string | null
  readonly log: string
  readonly first_lines: readonly string[]
  readonly lines_left_out: number
  readonly last_lines: readonly string[]
  readonly not_reached: readonly string[]
}

/** Reads from the logs what a failed target said. */
export async function describeFailure(
  directory: string,
  date: string,
  failed: FailedTarget,
): Promise<ReportedFailure> {
  const log = `logs/${date}/${targetLogName(failed.target)}.log`
  const said: LogExcerpt =
    failed.command === undefined
      ? { first: [], last: [], leftOut: 0 }
      : await readLogExcerpt(join(directory, log), failed.command.begin.id)
  return {
    target: failed.target,
    exit_code: failed.exitCode,
    permanent: failed.permanent,
    place: failed.place ?? null,
    command: failed.command?.begin.command ?? null,
    log,
    first_lines: said.first,
    lines_left_out: said.leftOut,
    last_lines: said.last,
    not_reached: failed.notReached,
  }
}

export async function describeOutcome(
  directory: string,
  about: Pick<NightReport, 'project' | 'date' | 'event' | 'attempt' | 'max_attempts' | 'remarks'>,
  outcome: AttemptOutcome,
): Promise<NightReport> {
  const failed: ReportedFailure[] = []
  for (const one of outcome.failed) failed.push(await describeFailure(directory, about.date, one))
  return {
    ...about,
    wanted: outcome.wanted,
    done: outcome.done,
    failed,
    remarks: [...outcome.complaints, ...about.remarks],
  }
}

const SHOWN_FAILURES = 20
const SHOWN_NAMES = 10

/** The report as a short text, for mail and chat. */
export function formatReport(report: NightReport): string {
  const lines = [headline(report)]
  for (const one of report.failed.slice(0, SHOWN_FAILURES)) lines.push('', ...formatFailure(one))
  const more = report.failed.length - SHOWN_FAILURES
  if (more > 0) lines.push('', `and ${more} more failed targets; see logs/${report.date}/`)
  if (report.remarks.length > 0) lines.push('', ...report.remarks)
  return `${lines.join('\n')}\n`
}

function headline(report: NightReport): string {
  const night = `${report.project}: night of ${report.date}`
  const attempt = `attempt ${report.attempt} of ${report.max_attempts}`
  if (report.event === 'night made') return `${night}: all is made, ${attempt}`
  if (report.event === 'night stopped') {
    return `${night} stopped${report.attempt === 0 ? ' before its first attempt' : `, ${attempt}`}`
  }
  if (report.event === 'failed for good') {
    return `${night}: ${count(report.failed.length, 'target')} failed for good, ${attempt}; the night goes on`
  }
  const notReached = new Set(report.failed.flatMap(one => one.not_reached)).size
  const reached = notReached === 0 ? '' : `, ${notReached} not reached`
  return `${night} failed: ${report.done} of ${count(report.wanted, 'target')} made, ${report.failed.length} failed${reached}; ${attempt}`
}

function formatFailure(one: ReportedFailure): string[] {
  const code = one.exit_code === null ? 'killed' : `exit ${one.exit_code}`
  const lines = [
    `failed: ${one.target} (${code}${one.permanent ? ', not tried again until its command or inputs change' : ''})`,
  ]
  if (one.command !== null) {
    const place = one.place === null ? '' : `${one.place}: `
    lines.push(`  ${place}${one.command.split('\n')[0]?.slice(0, 200) ?? ''}`)
  }
  lines.push(...one.first_lines.map(line => `  | ${line}`))
  if (one.lines_left_out > 0) lines.push(`  | ... ${count(one.lines_left_out, 'line')} ...`)
  lines.push(...one.last_lines.map(line => `  | ${line}`))
  lines.push(`  log: ${one.log}`)
  if (one.not_reached.length > 0) {
    const names = one.not_reached.slice(0, SHOWN_NAMES).join(', ')
    const more = one.not_reached.length - SHOWN_NAMES
    lines.push(`  not reached because of it: ${names}${more > 0 ? ` and ${more} more` : ''}`)
  }
  return lines
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`
