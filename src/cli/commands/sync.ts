import { join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { asFolder, printObjectUrl } from '../../formats/object-url.ts'
import { syncObjects } from '../../objects/sync-objects.ts'
import { SyncRecord } from '../../objects/sync-record.ts'
import { defineCommand, flag } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import {
  batchOptions,
  stateDirectory,
  storageOptions,
  storageSettings,
  storePool,
  transferSetup,
} from '../transfer-options.ts'

export default defineCommand({
  name: 'sync',
  summary: 'make one place hold what another does',
  description:
    'Copies what the target lacks or has otherwise, between any two of folders, buckets and ' +
    'containers. Compares by size, then by checksum; what an earlier sync verified, and neither ' +
    'side has changed since, is not looked at again.',
  arguments: [
    { name: 'source', description: 'a folder, bucket, container or prefix', required: true },
    { name: 'target', description: 'another', required: true },
  ],
  options: {
    delete: flag('remove from the target what the source does not have'),
    checksum: flag('compare all content again, also what has no checksum at its service'),
    ...batchOptions,
    ...storageOptions,
  },
  examples: [
    'ferry sync results/ s3://lake/results/',
    'ferry sync s3://lake/ az://lake/ --delete --dry-run',
    "ferry sync lake:logs/ backup:logs/ --exclude '*.tmp' --exclude 'debug/'",
  ],
  async run(invocation) {
    const { args, options, context } = invocation
    const [from = '', to = ''] = args
    if (from === '' || to === '') throw new FerryError('USAGE', 'name two places')
    const source = asFolder(await objectLocation(from, context))
    const target = asFolder(await objectLocation(to, context))
    await using pool = storePool(context)
    const { report, options: setup } = transferSetup(invocation, pool)
    const direction = JSON.stringify([source, target].map(printObjectUrl))
    const path = join(stateDirectory(context), 'sync.sqlite')
    const forgets = options.include.length + options.exclude.length === 0
    using record = options.checksum ? undefined : new SyncRecord(path, direction, { forgets })
    const { filter, signal, jobs, dryRun, onOutcome, onFound, ...copy } = setup
    const { sameByTime } = await syncObjects({
      source,
      target,
      pool,
      filter,
      signal,
      jobs,
      copy: { ...copy, ...storageSettings(invocation) },
      deletes: options.delete,
      readsContent: options.checksum,
      dryRun,
      record,
      now: () => context.clock.now().getTime(),
      onOutcome,
      onSkipped: describe => report.addSkipped(describe),
      onFound,
    })
    if (sameByTime > 0) {
      report.note(
        `${sameByTime} objects have no checksum in common and were left alone by their size and ` +
          'time; --checksum reads them',
      )
    }
    return report.finish()
  },
})
