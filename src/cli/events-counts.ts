import type { EventsReport } from '../collector/verify/report.ts'
import { FerryError } from '../core/errors.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import { type Counts, writeCounts } from '../formats/counts.ts'

/** A name that is a file's, and no path. @throws FerryError USAGE */
export function countsName(given: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(given)) return given
  throw new FerryError('USAGE', `--counts: \`${given}\` cannot be the name of counts`, {
    hint: 'take letters, digits, ., - and _, for example events',
  })
}

/**
 * Writes `results/DATE/counts/collect/NAME.json` of a project: the account of a day's events for
 * `ferry check` and the pages. An event that came again is filtered; lines that are no events, and
 * events with the number of another one, are rejected: neither is among what goes on.
 * @throws FerryError LOCAL_IO
 */
export async function writeEventsCounts(
  project: string,
  report: EventsReport,
  about: { readonly name: string; readonly night: LogicalDate; readonly finishedAt: Date },
): Promise<void> {
  const { totals, found, sessions, date, last_received_at: newest } = report
  const counts: Counts = {
    version: 1,
    step: 'collect',
    name: about.name,
    source: about.name,
    date: about.night,
    rows: {
      in: totals.in,
      out: totals.out,
      filtered: totals.duplicates,
      rejected: totals.conflicts + totals.rejected,
    },
    ...(date === null ? {} : { days: { [date]: totals.out } }),
    ...(newest === null ? {} : { newest }),
    events: {
      gaps: found.missing,
      duplicates: totals.duplicates + totals.conflicts,
      late: found.late,
      sessions: sessions.total,
      brokenSessions: sessions.with_gaps,
    },
    finishedAt: about.finishedAt.toISOString(),
  }
  await writeCounts(project, counts)
}
