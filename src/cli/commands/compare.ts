import { ERRORS, FerryError } from '../../core/errors.ts'
import { compareTables } from '../../quality/compare/compare-tables.ts'
import {
  type ComparisonReport,
  FirstKeys,
  isEqual,
  reportLines,
} from '../../quality/compare/comparison-report.ts'
import { type ComparisonRequest, openComparison } from '../../quality/compare/open-comparison.ts'
import {
  type CommandContext,
  defineCommand,
  flag,
  integer,
  type Invocation,
  list,
  text,
} from '../command.ts'
import { type NamedTable, tablePlace } from '../compare/table-place.ts'
import { openProject } from '../project.ts'

const DEFAULT_KEYS = 20

const options = {
  key: list('COLUMN', 'what tells one row from all others; else what the tables declare'),
  columns: list('COLUMN', 'compare only these, and the key'),
  ignore: list('COLUMN', 'leave it out'),
  table: list('TABLE', 'of a URL; given twice, of the source and of the target'),
  'source-where': text('SQL', "a condition in the source's SQL"),
  'target-where': text('SQL', "a condition in the target's SQL"),
  keys: integer('N', `most keys that are told (default ${DEFAULT_KEYS})`),
  json: flag('print the result as JSON'),
}

type CompareOptions = Invocation<typeof options>['options']

export default defineCommand({
  name: 'compare',
  summary: 'prove that two tables hold the same, wherever they are',
  description:
    'Compares a table with another, of any two databases, by counts and checksums of ranges of its key, ' +
    'which both databases compute themselves, and finds the rows that differ; no others are moved. A table ' +
    'is SOURCE.TABLE of ferry.yaml, NAME:[SCHEMA.]TABLE of a warehouse or source, or a URL with --table. ' +
    'Without a target, it is the mirrored table in the first warehouse. Exits with 1 when they differ.',
  arguments: [
    { name: 'source', description: 'the table that is right', required: true },
    { name: 'target', description: 'the table that should be the same' },
  ],
  options,
  examples: [
    'ferry compare production.tasks',
    'ferry compare production.tasks hot:production.tasks --json',
    'ferry compare postgres://db1.example/app duckdb:./warehouse.duckdb --table public.tasks --table tasks',
  ],
  async run({ args, options, context }) {
    const started = performance.now()
    const request = await comparisonRequest(args, options, context)
    await using opened = await openComparison(request)
    for (const { column, reason } of opened.leftOut) {
      context.logger.info(`\`${column}\` is left out: ${reason}`)
    }
    const first = new FirstKeys(opened.key, options.keys ?? DEFAULT_KEYS)
    const found = await compareTables(opened.tables, first)
    const report: ComparisonReport = {
      source: request.source.title,
      target: request.target.title,
      equal: isEqual(found),
      rows: found.rows,
      missing: found.missing,
      surplus: found.surplus,
      different: found.different,
      key: opened.key,
      keys: first.keys,
      left_out: opened.leftOut,
      checksum: opened.tables.kind,
      moved: found.moved,
      seconds: Math.round(performance.now() - started) / 1_000,
    }
    const lines = options.json ? [`${JSON.stringify(report)}\n`] : reportLines(report)
    for (const line of lines) context.stdout.write(line)
    return report.equal ? 0 : ERRORS.CHECK_FAILED.exit
  },
})

async function comparisonRequest(
  args: readonly string[],
  options: CompareOptions,
  context: CommandContext,
): Promise<ComparisonRequest> {
  const [sourceText = '', targetText] = args
  const [sourceTable, targetTable = sourceTable] = options.table
  const conditions = (given: string | undefined): readonly string[] =>
    given === undefined ? [] : [given]
  const source = await tablePlace(
    { text: sourceText, table: sourceTable, where: conditions(options['source-where']) },
    context,
  )
  const target = await tablePlace(
    {
      text: targetText ?? (await warehouseTable(source, context)),
      table: targetTable,
      where: conditions(options['target-where']),
    },
    context,
  )
  return {
    source: source.place,
    target: target.place,
    choice: {
      key: options.key.length > 0 ? options.key : undefined,
      only: options.columns.length > 0 ? options.columns : undefined,
      ignored: options.ignore,
    },
  }
}

/** Where a mirrored table is in the first warehouse. */
async function warehouseTable({ mirrored }: NamedTable, context: CommandContext): Promise<string> {
  if (mirrored === undefined) {
    throw new FerryError('USAGE', 'what is it to be compared with?', {
      hint: 'name a second table: ferry compare SOURCE TARGET',
    })
  }
  const { config } = await openProject(context.directory, context.environment)
  const [warehouse = ''] = Object.keys(config.warehouses)
  return `${warehouse}:${mirrored.source}.${mirrored.table}`
}
