import { FerryError } from '../../core/errors.ts'
import { deliveryMode } from '../delivery-mode.ts'
import { lowestEdge } from '../lowest-edge.ts'
import type { PullContext } from '../pull-context.ts'
import type { TableReader } from '../pull-table.ts'
import { isTextFormat } from '../rows/read-rows.ts'
import { isBroken, type ReadRow } from '../rows/row.ts'
import { sinceValue, watchEdge } from '../since.ts'
import type { TablePlan } from '../table-plan.ts'
import { dateValues, fillIn, type TemplateValues } from '../template.ts'
import { parentValues } from './parent-rows.ts'
import { pullHttp } from './pull-http.ts'

/** Reads a table of an HTTP API. */
export async function httpReader(
  plan: TablePlan,
  takenAt: Date,
  context: PullContext,
): Promise<TableReader> {
  const { config, own } = plan
  const format = config.format ?? 'json'
  if (format === 'parquet') {
    throw new FerryError(
      'CONFIG_INVALID',
      `\`pull.${plan.source}\`: Parquet is read from \`files\``,
      {
        hint: `write files: ${config.url ?? 'URL'} in place of url`,
      },
    )
  }
  const from = config.since === undefined ? null : await lowestEdge(context.project, plan.name)
  const values: TemplateValues = dateValues(context.date).set(
    'since',
    sinceValue(config.since, from),
  )
  const series = own.each === undefined ? [values] : parentValues(plan, own.each, values, context)
  const addTo = (row: ReadRow, all: TemplateValues): ReadRow => withColumns(row, own.add, all)
  return {
    isText: isTextFormat(format),
    ...deliveryMode(plan, from),
    from,
    edge: watchEdge(config.since, from, takenAt),
    read: sink => pullHttp({ plan, format, series, addTo }, sink, context),
  }
}

function withColumns(
  row: ReadRow,
  add: Readonly<Record<string, string>> | undefined,
  values: TemplateValues,
): ReadRow {
  if (add === undefined || isBroken(row)) return row
  const added = Object.entries(add).map(([name, text]) => [name, fillIn(text, values) ?? null])
  const members = { ...row.members, ...Object.fromEntries(added) }
  return { text: JSON.stringify(members), members }
}
