import type { CommandContext } from '../command.ts'
import { compareTables } from '../../quality/compare/compare-tables.ts'
import {
  type ComparisonReport,
  FirstKeys,
  reportOf,
} from '../../quality/compare/comparison-report.ts'
import type { DifferentRow } from '../../quality/compare/different-rows.ts'
import { type ComparisonRequest, openComparison } from '../../quality/compare/open-comparison.ts'
import { MOST_REPAIRED, repairRows } from '../../quality/repair/repair-rows.ts'

export interface CompareWishes {
  /** Most keys that are told. */
  readonly keys: number
  readonly repair: boolean
}

/** Compares two tables as they are now, and repairs the target if that is wanted. */
export async function compareTwo(
  request: ComparisonRequest,
  wishes: CompareWishes,
  { logger }: Pick<CommandContext, 'logger'>,
): Promise<ComparisonReport> {
  const started = performance.now()
  const rows: DifferentRow[] = []
  const report = await withSessions()
  if (!wishes.repair || report.equal || report.key.length === 0) return report
  return await repaired(report, request, rows)

  async function withSessions(): Promise<ComparisonReport> {
    await using opened = await openComparison(request)
    for (const { column, reason } of opened.leftOut) {
      logger.info(`\`${column}\` is left out: ${reason}`)
    }
    const first = new FirstKeys(opened.key, wishes.keys)
    // One more than can be repaired, so that too many are seen to be.
    const most = wishes.repair ? MOST_REPAIRED + 1 : 0
    const found = await compareTables(opened.tables, {
      onRow: row => {
        first.onRow(row)
        if (rows.length < most) rows.push(row)
      },
      room: () => Math.max(first.room(), most - rows.length),
    })
    return reportOf({ source: request.source.title, target: request.target.title }, found, {
      key: opened.key,
      keys: first.keys,
      left_out: opened.leftOut,
      checksum: opened.tables.kind,
      seconds: Math.round(performance.now() - started) / 1_000,
    })
  }
}

/** Writes rows anew and says how many. */
export async function repaired(
  report: ComparisonReport,
  request: ComparisonRequest,
  rows: readonly DifferentRow[],
): Promise<ComparisonReport> {
  const repair = await repairRows(request, rows)
  const differences = report.missing + report.surplus + report.different
  // A key may stand for several rows, when it came more than once.
  const done = repair.unlike === 0 ? differences : Math.min(repair.repaired, differences)
  return { ...report, repaired: done }
}
