import { ERRORS, FerryError } from '../../core/errors.ts'
import {
  type ComparisonReport,
  reportLines,
  unrepaired,
} from '../../quality/compare/comparison-report.ts'
import type { ComparisonRequest } from '../../quality/compare/open-comparison.ts'
import {
  type CommandContext,
  defineCommand,
  flag,
  integer,
  type Invocation,
  list,
  text,
} from '../command.ts'
import { compareNight } from '../compare/compare-night.ts'
import { compareTwo } from '../compare/compare-two.ts'
import { tablePlace } from '../compare/table-place.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'

const DEFAULT_KEYS = 20

const options = {
  key: list('COLUMN', 'what tells one row from all others; else what the tables declare'),
  columns: list('COLUMN', 'compare only these, and the key'),
  ignore: list('COLUMN', 'leave it out'),
  table: list('TABLE', 'of a URL; given twice, of the source and of the target'),
  'source-where': text('SQL', "a condition in the source's SQL"),
  'target-where': text('SQL', "a condition in the target's SQL"),
  checksum: text('KIND', 'common: not the quicker one of two PostgreSQL servers', {
    choices: ['common'],
  }),
  keys: integer('N', `most keys that are told (default ${DEFAULT_KEYS})`),
  repair: flag('read rows that differ anew, and write them into the target'),
  look: flag('repair nothing, whatever ferry.yaml says'),
  on: text('NAME', 'the warehouse of mirrored tables; the first if left out'),
  date: text('DATE', 'the night of mirrored tables (TODAY, or today)'),
  live: flag('mirrored tables with their source as it is, not as it was when mirrored'),
  json: flag('print the result as JSON'),
}

type CompareOptions = Invocation<typeof options>['options']

export default defineCommand({
  name: 'compare',
  summary: 'prove that two tables hold the same, wherever they are',
  description:
    'Compares a table with another, of any two databases, by counts and checksums of ranges of its key, ' +
    'which both databases compute themselves, and finds the rows that differ; no others are moved. A table ' +
    'is SOURCE.TABLE of ferry.yaml, NAME:[SCHEMA.]TABLE of a warehouse or source, or a URL with --table.\n\n' +
    'Without a target, it is a mirrored table and its copy in the warehouse, which is held against the ' +
    'source as it was when it was mirrored (`ferry mirror` keeps its fingerprints); what was found goes ' +
    'into the counts of the night. Exits with 1 when they differ and were not repaired.',
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
    const report = await compare(args, options, context)
    const lines = options.json ? [`${JSON.stringify(report)}\n`] : reportLines(report)
    for (const line of lines) context.stdout.write(line)
    return unrepaired(report) === 0 ? 0 : ERRORS.CHECK_FAILED.exit
  },
})

async function compare(
  args: readonly string[],
  options: CompareOptions,
  context: CommandContext,
): Promise<ComparisonReport> {
  const [source = '', target] = args
  const keys = options.keys ?? DEFAULT_KEYS
  if (options.repair && options.look) {
    throw new FerryError('USAGE', '--repair cannot go with --look')
  }
  if (target === undefined) {
    const date = await resolveLogicalDate(options.date, context)
    const repair = options.repair ? true : options.look ? false : undefined
    const { live, on: warehouse } = options
    return await compareNight(source, { date, keys, repair, live, warehouse }, context)
  }
  const request = await comparisonRequest(source, target, { options, context })
  return await compareTwo(request, { keys, repair: options.repair }, context)
}

async function comparisonRequest(
  sourceText: string,
  targetText: string,
  { options, context }: { readonly options: CompareOptions; readonly context: CommandContext },
): Promise<ComparisonRequest> {
  const [sourceTable, targetTable = sourceTable] = options.table
  const conditions = (given: string | undefined): readonly string[] =>
    given === undefined ? [] : [given]
  const { place: source, mirrored } = await tablePlace(
    { text: sourceText, table: sourceTable, where: conditions(options['source-where']) },
    context,
  )
  const { place: target } = await tablePlace(
    { text: targetText, table: targetTable, where: conditions(options['target-where']) },
    context,
  )
  const [key, only] = [options.key, options.columns]
  return {
    source,
    target,
    common: options.checksum === 'common',
    choice: {
      key: key.length > 0 ? key : mirrored?.settings.key,
      only: only.length > 0 ? only : mirrored?.settings.columns,
      ignored: options.ignore,
    },
  }
}
