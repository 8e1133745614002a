import { FerryError } from '../../core/errors.ts'
import { copyObjects } from '../../objects/copy-objects.ts'
import { nameFilter } from '../../objects/name-filter.ts'
import { type Selection, selectionOf } from '../../objects/selection.ts'
import { streamObjects } from '../../objects/stream-objects.ts'
import { defineCommand, flag, text } from '../command.ts'
import { asTarget, isFolderTarget, localPath, splitOperands } from '../copy-target.ts'
import { readManifest } from '../manifest-option.ts'
import { objectLocation } from '../object-location.ts'
import { writeTo } from '../write-to.ts'
import {
  compressionOption,
  copyPlan,
  storePool,
  transferOptions,
  transferSetup,
} from '../transfer-options.ts'

const options = {
  ...transferOptions,
  sync: flag('leave out what is here already with the same content'),
  gzip: flag('decompress gzip on the way; names lose .gz'),
  zstd: flag('decompress zstd on the way; names lose .zst'),
  manifest: text(
    'URL',
    'refuse what that manifest does not vouch for; without URLs, get all of it',
  ),
}

export default defineCommand({
  name: 'get',
  summary: 'copy objects of a store to files',
  description:
    'Copies objects to files, each whole or not at all, and verified. PATH is a folder when it ends ' +
    'in / or is one, or when there may be several objects; - is the standard output.',
  arguments: [{ name: 'url', description: 'URLs, then the path', required: true, variadic: true }],
  options,
  examples: [
    'ferry get s3://lake/reports/report.csv .',
    'ferry get -r lake:results/2026-03-01/ results/2026-03-01/',
    "ferry get 'az://logs/2026/*.gz' logs/ --gzip",
    'ferry get --manifest s3://lake/export.manifest export/',
    'ferry get s3://backup/app.sql.gz --gzip - | psql app',
  ],
  async run(invocation) {
    const { args, options, context } = invocation
    const { sources, target } =
      args.length === 1 && options.manifest !== undefined
        ? { sources: [], target: args[0] ?? '' }
        : splitOperands(args)
    const compression = compressionOption(options)
    const { recursive, prefix } = options
    await using pool = storePool(context)
    const selections: Selection[] = []
    for (const source of sources) {
      selections.push(selectionOf(await objectLocation(source, context), { recursive, prefix }))
    }
    const manifest =
      options.manifest === undefined
        ? undefined
        : await readManifest(options.manifest, context, pool)
    if (manifest !== undefined && sources.length === 0) selections.push(manifest.selection())
    const expect = manifest?.expect.bind(manifest)
    if (target === '-') {
      const filter = nameFilter(options.include, options.exclude)
      const { signal, stdout } = context
      const reading = { pool, filter, signal, decompress: compression, expect }
      await writeTo(stdout, streamObjects(selections, reading), signal)
      for (const [, error] of manifest?.missing(selections, filter) ?? []) throw error
      return 0
    }
    if (target === '') throw new FerryError('USAGE', 'an empty path names no file')
    const { report, options: setup } = transferSetup(invocation, pool)
    const path = localPath(target, context.directory)
    const isFolder = isFolderTarget(path)
    await copyObjects(copyPlan(selections, asTarget(path, isFolder), isFolder), {
      ...setup,
      skipExisting: options['skip-existing'],
      action: 'get',
      put: {},
      compress: undefined,
      decompress: compression,
      skipUnchanged: options.sync,
      expect,
    })
    for (const [source, error] of manifest?.missing(selections, setup.filter) ?? []) {
      report.add({ action: 'get', status: 'failed', source, error })
    }
    return report.finish()
  },
})
