import { formatBytes } from '../../core/units.ts'
import { printObjectUrl } from '../../formats/object-url.ts'
import { nameFilter } from '../../objects/name-filter.ts'
import { removeObjects } from '../../objects/remove-objects.ts'
import { type Selection, selectionOf } from '../../objects/selection.ts'
import type { StorePool } from '../../objects/store-pool.ts'
import { batchReport } from '../batch-report.ts'
import { type CommandContext, defineCommand, flag } from '../command.ts'
import { bucketLocation, confirmRemoval, isInteractive, sumOf } from '../selections.ts'
import { storePool } from '../transfer-options.ts'

const JOBS = 8
const ALL = nameFilter([], [])

export default defineCommand({
  name: 'rb',
  summary: 'remove an empty bucket, container or folder',
  description: 'With --force, all that is in it first; asks before that, if there is a terminal.',
  arguments: [{ name: 'url', description: 'buckets', required: true, variadic: true }],
  options: {
    force: flag('remove what is in it too'),
    yes: flag('do not ask', { short: 'y' }),
  },
  examples: ['ferry rb s3://scratch', 'ferry rb --force az://scratch --yes'],
  async run({ args, options, context }) {
    await using pool = storePool(context)
    for (const arg of args) {
      const url = await bucketLocation(arg, context)
      const store = await pool.open(url)
      if (options.force) {
        const selection = selectionOf(url, { recursive: true, prefix: false })
        const exitCode = await empty(selection, { pool, context, asks: !options.yes })
        if (exitCode !== 0) return exitCode
      }
      await store.bucket.remove({ signal: context.signal })
    }
    return 0
  },
})

async function empty(
  selection: Selection,
  { pool, context, asks }: { pool: StorePool; context: CommandContext; asks: boolean },
): Promise<number> {
  const { signal } = context
  if (asks && isInteractive(context)) {
    const { objects, bytes } = await sumOf([selection], { pool, filter: ALL, signal })
    const place = printObjectUrl(selection.url)
    const size = formatBytes(bytes)
    if (objects > 0) {
      await confirmRemoval(`remove ${place} with ${objects} objects (${size})?`, context)
    }
  }
  const { report } = batchReport(context, {})
  await removeObjects([selection], {
    pool,
    filter: ALL,
    signal,
    jobs: JOBS,
    dryRun: false,
    missingIsFine: true,
    onOutcome: outcome => report.add(outcome),
  })
  return report.finish()
}
