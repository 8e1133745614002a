import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import type { EventFormat, FilePacking } from '../collector/segment-content.ts'
import { packingOfName } from '../collector/verify/day-object.ts'
import {
  dayPattern,
  type DayPattern,
  hasDatePlaces,
  keyFilter,
} from '../collector/verify/day-pattern.ts'
import { GapListing } from '../collector/verify/gap-listing.ts'
import type { EventsReport, SessionReport } from '../collector/verify/report.ts'
import { type DayFile, verifyEvents } from '../collector/verify/verify-events.ts'
import { FerryError } from '../core/errors.ts'
import { parseLogicalDate } from '../core/logical-date.ts'
import { formatDuration, parseDurationMs } from '../core/units.ts'
import type { Compression } from '../formats/compression.ts'
import { asFolder, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import { keepHeapSmall } from '../objects/small-heap.ts'
import { openStore } from '../stores/open-store.ts'
import type { ObjectStore } from '../stores/store.ts'
import { writeObject } from '../stores/write-object.ts'
import type { CommandContext } from './command.ts'
import { countsName, writeEventsCounts } from './events-counts.ts'
import { resolveLogicalDate } from './logical-date-option.ts'
import { objectLocation } from './object-location.ts'
import { openProject } from './project.ts'
import { PacedOutput } from './write-to.ts'

export interface VerifyArguments {
  readonly date: string | undefined
  readonly output: string | undefined
  readonly format: string | undefined
  readonly compression: string | undefined
  readonly report: string | undefined
  readonly counts: string | undefined
  readonly json: boolean
  readonly late: string | undefined
  readonly 'max-rejected': number | undefined
  readonly temporary: string | undefined
}

const DEFAULT_LATE = '1h'

/** `ferry events verify URL`. @throws FerryError DATA_INVALID (lines that are no events) */
export async function verifyCommand(
  url: string,
  options: VerifyArguments,
  context: CommandContext,
): Promise<number> {
  keepHeapSmall()
  const { directory, environment, signal, stdout } = context
  const lateAfterMs = parseDurationMs(options.late ?? DEFAULT_LATE)
  if (lateAfterMs === undefined) {
    throw new FerryError('USAGE', `--late: \`${options.late}\` is not a duration such as 1h`)
  }
  const counting = options.counts === undefined ? undefined : await openCounting(options, context)
  const source = await openSource(url, options.date, context)
  await using store = source.store
  const output = await openOutput(options, context)
  await using _outputStore = output?.store
  using paced = new PacedOutput(stdout, signal)
  const listing = options.json ? new GapListing(text => paced.write(text)) : undefined
  const report = await verifyEvents({
    ...source,
    store,
    lateAfterMs,
    maxRejected: options['max-rejected'] ?? 0,
    temporaryDirectory: resolve(directory, options.temporary ?? environment['TMPDIR'] ?? tmpdir()),
    output,
    gaps: listing,
    signal,
  })
  const json = `${JSON.stringify(report, undefined, 2)}\n`
  if (options.report !== undefined) await writeReport(options.report, json, context)
  await counting?.(report)
  await (listing === undefined ? paced.write(textOf(report)) : listing.end(json))
  assertReadable(report, options)
  return 0
}

/** The counts are of the night that runs (TODAY), whatever day's events are looked at. */
async function openCounting(
  { counts = '', date }: VerifyArguments,
  context: CommandContext,
): Promise<(report: EventsReport) => Promise<void>> {
  const name = countsName(counts)
  const { directory } = await openProject(context.directory, context.environment)
  const isInNight = (context.environment['TODAY'] ?? '') !== ''
  const night = await resolveLogicalDate(isInNight ? undefined : date, context)
  return report =>
    writeEventsCounts(directory, report, { name, night, finishedAt: context.clock.now() })
}

async function openSource(url: string, date: string | undefined, context: CommandContext) {
  const hasPlaces = hasDatePlaces(url)
  const day =
    hasPlaces || date !== undefined
      ? parseLogicalDate(await resolveLogicalDate(date, context))
      : undefined
  const pattern = dayPattern(url, day)
  const location = await objectLocation(pattern.base, context)
  const base = isOpenEnded(pattern) ? location : asFolder(location)
  const { environment, logger } = context
  const isOfPath = keyFilter(base.key, pattern)
  return {
    store: await openStore(base, { environment, logger }),
    url: `${printObjectUrl(base)}${pattern.afterHours.map(part => `{hour}${part}`).join('')}`,
    prefix: base.key,
    // Without a place for it, the date is in the names that the collector gives.
    isWanted: (key: string) =>
      isOfPath(key) && (hasPlaces || day === undefined || key.includes(`-${day}-`)),
    urlOf: (key: string) => printObjectUrl({ ...base, key }),
    date: day ?? null,
  }
}

/** One file, or a path with an hour to be filled: no folder. */
function isOpenEnded({ base, afterHours }: DayPattern): boolean {
  return packingOfName(base) !== undefined || (afterHours.length > 0 && !base.endsWith('/'))
}

async function openOutput(
  options: VerifyArguments,
  context: CommandContext,
): Promise<DayFile | undefined> {
  if (options.output === undefined) return undefined
  const location = await objectLocation(options.output, context)
  const packing = outputPacking(location, options)
  return {
    store: await openAt(location, context),
    key: location.key,
    url: printObjectUrl(location),
    packing,
  }
}

function outputPacking({ key }: ObjectUrl, options: VerifyArguments): FilePacking {
  if (key === '' || key.endsWith('/')) {
    throw new FerryError('USAGE', '--output names a folder, not a file', {
      hint: 'give the file a name such as 2026-03-01.csv.gz',
    })
  }
  const named = packingOfName(key)
  // The choices of the options are these.
  const format = (options.format as EventFormat | undefined) ?? named?.format
  const given = options.compression as Compression | 'none' | undefined
  if (format === undefined) {
    throw new FerryError('USAGE', `the name \`${key}\` does not tell a format`, {
      hint: 'end it in .csv.gz, .jsonl.zst or .parquet, or give --format',
    })
  }
  const byDefault = format === 'parquet' ? 'zstd' : named?.compression
  return { format, compression: given === 'none' ? undefined : (given ?? byDefault) }
}

async function openAt(location: ObjectUrl, context: CommandContext): Promise<ObjectStore> {
  const { environment, logger } = context
  return openStore(location, { environment, logger })
}

async function writeReport(url: string, json: string, context: CommandContext): Promise<void> {
  const location = await objectLocation(url, context)
  await using store = await openAt(location, context)
  const { signal } = context
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(json)
  }
  await writeObject(store, location.key, bytes(), { signal })
}

/** Gaps of a session that its line shows. */
const SHOWN_GAPS = 5

function textOf(report: EventsReport): string {
  const { worst_sessions: worst, sessions } = report
  const more = sessions.with_findings - worst.length
  const rest = more > 0 ? `and ${more} more sessions; --json lists the gaps of all\n` : ''
  return `${summaryOf(report)}${worst.map(sessionLine).join('')}${rest}`
}

function sessionLine(session: SessionReport): string {
  const { gaps, gap_count: count } = session
  const shown = gaps
    .slice(0, SHOWN_GAPS)
    .map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
  if (count > shown.length) shown.push(`and ${count - shown.length} more`)
  const found: [number, string][] = [
    [session.missing, `missing (${shown.join(', ')})`],
    [session.duplicates, 'duplicates'],
    [session.conflicts, 'conflicts'],
    [session.late, 'late'],
    [session.another_day, 'of another day'],
    [session.out_of_order, 'out of order'],
  ]
  const told = found.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  return `${session.session}: ${told.join(', ')}\n`
}

function summaryOf(report: EventsReport): string {
  const { totals, found, sessions, output } = report
  const late = formatDuration(report.late_after_ms)
  const rows: [number, string][] = [
    [totals.in, `events in ${report.objects} files, ${sessions.total} sessions`],
    [totals.duplicates, 'duplicates'],
    [totals.conflicts, 'conflicts: the same session and nr, another content'],
    [totals.rejected, 'rejected: lines that are no events'],
    [found.missing, `missing, in ${sessions.gaps} gaps of ${sessions.with_gaps} sessions`],
    [found.late, `received more than ${late} after their time`],
    [found.another_day, 'received on another day than that of their time'],
    [found.out_of_order, 'received before the event with the nr below'],
    [found.unnumbered, 'without nr'],
    [totals.out, output === null ? 'events without repeats' : `events written to ${output.url}`],
  ]
  const width = Math.max(...rows.map(([count]) => String(count).length))
  return rows.map(([count, what]) => `${String(count).padStart(width)}  ${what}\n`).join('')
}

/** @throws FerryError DATA_INVALID */
function assertReadable(
  { totals, rejected, output }: EventsReport,
  options: VerifyArguments,
): void {
  if (totals.rejected <= (options['max-rejected'] ?? 0)) return
  const shown = rejected.slice(0, 5)
  const places = shown.map(({ object, line, reason }) => `\`${object}\` line ${line}: ${reason}`)
  const more = totals.rejected - shown.length
  const rest = more > 0 ? `\nand ${more} more` : ''
  const isKeptBack = options.output !== undefined && output === null
  throw new FerryError(
    'DATA_INVALID',
    `${totals.rejected} lines are no events:\n${places.join('\n')}${rest}`,
    {
      hint: isKeptBack
        ? 'the output was not written; --max-rejected N writes it without these lines'
        : 'the report (--report, --json) has the first hundred',
    },
  )
}
