import { FerryError } from '../../core/errors.ts'
import { type ObjectUrl, printObjectUrl } from '../../formats/object-url.ts'
import { compress, type Packing } from '../../formats/compression.ts'
import { copyObjects } from '../../objects/copy-objects.ts'
import { asFerryError } from '../../objects/outcome.ts'
import { assertSettings } from '../../objects/assert-settings.ts'
import { selectionOf } from '../../objects/selection.ts'
import type { StorePool } from '../../objects/store-pool.ts'
import { writeObject } from '../../stores/write-object.ts'
import { defineCommand, flag, integer, type Invocation, text } from '../command.ts'
import { asTarget, isFolderTarget, localPath, splitOperands } from '../copy-target.ts'
import { manifestOption } from '../manifest-option.ts'
import { objectLocation } from '../object-location.ts'
import {
  copyPlan,
  packingOption,
  storageOptions,
  storageSettings,
  storePool,
  transferOptions,
  transferSetup,
} from '../transfer-options.ts'

const options = {
  ...transferOptions,
  sync: flag('leave out what the target has already with the same content'),
  gzip: flag('compress on the way; names get .gz'),
  zstd: flag('compress on the way; names get .zst'),
  level: integer(
    'N',
    'how hard to compress: 1 to 9 (--gzip, default 6), 1 to 19 (--zstd, default 3)',
  ),
  manifest: text('URL', 'write there at the end what arrived, with sizes and checksums'),
  ...storageOptions,
}

type PutInvocation = Invocation<typeof options>

export default defineCommand({
  name: 'put',
  summary: 'copy files to a store',
  description:
    'Copies files to a bucket, container or folder, each whole or not at all, and verified. ' +
    'FILE is a path, a pattern in quotes, or - for the standard input. URL is a folder when it ' +
    'ends in / or when there may be several files; otherwise it is the new name.',
  arguments: [{ name: 'file', description: 'files, then the URL', required: true, variadic: true }],
  options,
  examples: [
    'ferry put report.csv s3://lake/reports/',
    'ferry put -r results/2026-03-01 lake:results/2026-03-01/',
    "ferry put 'logs/*.log' az://logs/2026/ --zstd",
    'ferry put -r export s3://lake/export/ --manifest s3://lake/export.manifest',
    'pg_dump app | ferry put --gzip - s3://backup/app.sql.gz',
  ],
  async run(invocation) {
    const { args, options, context } = invocation
    const { sources, target: given } = splitOperands(args)
    const url = await objectLocation(given, context)
    const packing = packingOption(options)
    await using pool = storePool(context)
    if (sources.includes('-')) {
      if (sources.length > 1) throw new FerryError('USAGE', 'the standard input goes alone')
      return await putInput(invocation, { pool, url, packing })
    }
    const selections = sources.map(path =>
      selectionOf(localPath(path, context.directory), {
        recursive: options.recursive,
        prefix: options.prefix,
      }),
    )
    const { report, options: setup } = transferSetup(invocation, pool)
    const isFolder = isFolderTarget(url)
    const manifest = await manifestOption(invocation, pool, storageSettings(invocation).metadata)
    await copyObjects(copyPlan(selections, asTarget(url, isFolder), isFolder), {
      ...setup,
      skipExisting: options['skip-existing'],
      action: 'put',
      put: storageSettings(invocation),
      compress: packing,
      decompress: undefined,
      skipUnchanged: options.sync,
      onStored: manifest?.add,
    })
    await manifest?.write(report)
    return report.finish()
  },
})

interface InputTarget {
  readonly pool: StorePool
  readonly url: ObjectUrl
  readonly packing: Packing | undefined
}

/** Stores what comes on the standard input, whose length nobody knows. */
async function putInput(
  invocation: PutInvocation,
  { pool, url, packing }: InputTarget,
): Promise<number> {
  const { options, context } = invocation
  const { signal, stdin } = context
  if (url.key === '' || url.key.endsWith('/')) {
    throw new FerryError(
      'USAGE',
      'the standard input has no name: give the whole URL of the object',
    )
  }
  const { report, options: setup } = transferSetup(invocation, pool)
  const target = printObjectUrl(url)
  const named = { action: 'put', source: '-', target } as const
  const manifest = await manifestOption(invocation, pool, storageSettings(invocation).metadata)
  try {
    if (options['dry-run']) report.add({ ...named, status: 'planned' })
    else {
      const store = await pool.open(url)
      assertSettings(store, url, storageSettings(invocation))
      const bytes = stdin as AsyncIterable<Uint8Array> // no encoding is set: it yields buffers
      const packed = packing === undefined ? bytes : compress(bytes, packing)
      const info = await writeObject(store, url.key, packed, {
        ...storageSettings(invocation),
        signal,
        partBytes: setup.partBytes,
        condition: options['skip-existing'] ? 'absent' : undefined,
        onBytes: setup.onBytes,
      })
      await manifest?.add({ store, url }, info)
      report.add({ ...named, status: 'done', bytes: info.size })
    }
  } catch (error) {
    signal.throwIfAborted()
    report.add({ ...named, status: 'failed', error: asFerryError(error) })
  }
  await manifest?.write(report)
  return report.finish()
}
