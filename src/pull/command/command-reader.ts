import { FerryError } from '../../core/errors.ts'
import { lowestEdge } from '../lowest-edge.ts'
import type { PullContext } from '../pull-context.ts'
import type { TableReader } from '../pull-table.ts'
import { isTextFormat, readRows } from '../rows/read-rows.ts'
import { sinceValue, watchEdge } from '../since.ts'
import { deliveryMode } from '../delivery-mode.ts'
import type { TablePlan } from '../table-plan.ts'
import { runCommand } from './run-command.ts'

/** Reads the rows that a command prints; `$FERRY_SINCE` tells it where to begin. */
export async function commandReader(
  plan: TablePlan,
  takenAt: Date,
  context: PullContext,
): Promise<TableReader> {
  const { config } = plan
  const { format = 'jsonl', command = '' } = config
  if (format === 'parquet') {
    throw new FerryError(
      'CONFIG_INVALID',
      `\`pull.${plan.source}\`: Parquet is read from \`files\``,
    )
  }
  const from = config.since === undefined ? null : await lowestEdge(context.project, plan.name)
  const since = sinceValue(config.since, from)
  const environment = since === undefined ? {} : { FERRY_SINCE: since }
  const reading = { format, rows: config.rows ?? '$', nulls: config.nulls ?? [] }
  return {
    isText: isTextFormat(format),
    ...deliveryMode(plan, from),
    from,
    edge: watchEdge(config.since, from, takenAt),
    async read(sink) {
      const output = runCommand(command, { environment }, context)
      for await (const rows of readRows(output, reading)) {
        await sink.add(rows)
        if (sink.isFull) break
      }
    },
  }
}
