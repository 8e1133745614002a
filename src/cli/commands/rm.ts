import { formatBytes } from '../../core/units.ts'
import { nameFilter } from '../../objects/name-filter.ts'
import { removeObjects } from '../../objects/remove-objects.ts'
import { batchReport } from '../batch-report.ts'
import { defineCommand, flag, integer, list } from '../command.ts'
import { confirmRemoval, isInteractive, selectionsOf, sumOf } from '../selections.ts'
import { positive, storePool } from '../transfer-options.ts'

const JOBS = 8

export default defineCommand({
  name: 'rm',
  summary: 'remove objects',
  description:
    'Removes objects, in batches where the service has them. Asks before it removes more than ' +
    'one, if there is a terminal.',
  arguments: [
    { name: 'url', description: 'URLs, or patterns in quotes', required: true, variadic: true },
  ],
  options: {
    recursive: flag('everything below a folder', { short: 'r' }),
    prefix: flag('everything whose key starts like this, wherever it ends'),
    include: list('PATTERN', 'only what matches one of these'),
    exclude: list('PATTERN', 'nothing that matches one of these'),
    force: flag('what is not there is no error', { short: 'f' }),
    yes: flag('do not ask', { short: 'y' }),
    'dry-run': flag('print what would be removed', { short: 'n' }),
    jobs: integer('N', 'requests under way at once (default 8)', { short: 'j' }),
    json: flag('print a line of JSON for each object'),
    verbose: flag('print a line for each object', { short: 'v' }),
  },
  examples: [
    'ferry rm s3://lake/report.csv',
    'ferry rm -r lake:results/2025-01-01/ --dry-run',
    "ferry rm 'az://logs/2025/**/*.gz' --yes",
    'ferry rm --prefix s3://lake/tmp/part-',
  ],
  async run({ args, options, context }) {
    const { recursive, prefix, force } = options
    const { signal } = context
    const selections = await selectionsOf(args, { recursive, prefix }, context)
    const filter = nameFilter(options.include, options.exclude)
    await using pool = storePool(context)
    const mayBeMany = selections.length > 1 || selections[0]?.kind !== 'one'
    if (mayBeMany && !options.yes && !options['dry-run'] && isInteractive(context)) {
      const { objects, bytes } = await sumOf(selections, { pool, filter, signal })
      if (objects > 1) {
        await confirmRemoval(`remove ${objects} objects (${formatBytes(bytes)})?`, context)
      }
    }
    const { report } = batchReport(context, options)
    await removeObjects(selections, {
      pool,
      filter,
      signal,
      jobs: positive('jobs', options.jobs) ?? JOBS,
      dryRun: options['dry-run'],
      missingIsFine: force,
      onOutcome: outcome => report.add(outcome),
    })
    return report.finish()
  },
})
